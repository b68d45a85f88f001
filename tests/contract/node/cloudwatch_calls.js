// Amazon's own client asks the small CloudWatch of the tests, so that its answers are known to be what Amazon's are like.
// One line of JSON for each answer.   AWS_URL=http://127.0.0.1:1234 node cloudwatch_calls.js
'use strict';
const { CloudWatchClient, GetMetricDataCommand, DescribeAlarmsCommand } = require('@aws-sdk/client-cloudwatch');
const { CloudWatchLogsClient, StartQueryCommand, GetQueryResultsCommand, StopQueryCommand } =
  require('@aws-sdk/client-cloudwatch-logs');

const settings = {
  endpoint: process.env.AWS_URL,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
};
const say = (what, value) => process.stdout.write(JSON.stringify({ what, value }) + '\n');

async function metrics(client) {
  const Metric = { Namespace: 'App', MetricName: 'Sessions', Dimensions: [{ Name: 'AppVersion', Value: '3.4.0' }] };
  const query = {
    MetricDataQueries: [{ Id: 'exposures', MetricStat: { Metric, Period: 300, Stat: 'Sum' } }],
    StartTime: new Date('2026-11-30T09:00:00Z'),
    EndTime: new Date('2026-11-30T10:00:00Z'),
    ScanBy: 'TimestampAscending',
  };
  let sum = 0;
  for (let NextToken; ; ) {
    const page = await client.send(new GetMetricDataCommand({ ...query, NextToken }));
    const result = page.MetricDataResults[0];
    say('metric', { id: result.Id, status: result.StatusCode, first: result.Timestamps[0].toISOString() });
    sum += result.Values.reduce((all, one) => all + one, 0);
    NextToken = page.NextToken;
    if (!NextToken) break;
  }
  say('sum', sum);
  const wrong = { ...query, EndTime: query.StartTime };
  await client.send(new GetMetricDataCommand(wrong)).catch((error) => say('refused', { name: error.name, message: error.message }));
}

async function alarms(client) {
  const answer = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: ['a', 'all-ringing', 'absent'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  const seen = [...answer.MetricAlarms, ...answer.CompositeAlarms];
  say('alarms', seen.map((one) => [one.AlarmName, one.StateValue, one.StateUpdatedTimestamp instanceof Date]));
}

async function logs(client) {
  const query = { logGroupName: '/app', startTime: 1796029200, endTime: 1796032800, queryString: 'stats count(*) as n' };
  const { queryId } = await client.send(new StartQueryCommand(query));
  for (;;) {
    const answer = await client.send(new GetQueryResultsCommand({ queryId }));
    say('logs', { status: answer.status, results: answer.results, scanned: typeof answer.statistics.bytesScanned });
    if (answer.status === 'Complete') break;
  }
  say('stopped', (await client.send(new StopQueryCommand({ queryId }))).success);
  await client
    .send(new StartQueryCommand({ ...query, logGroupName: '/none' }))
    .catch((error) => say('refused', { name: error.name, message: error.message }));
}

async function main() {
  await metrics(new CloudWatchClient(settings));
  await alarms(new CloudWatchClient(settings));
  await logs(new CloudWatchLogsClient(settings));
}
main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
