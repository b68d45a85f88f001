#include "ordering.hpp"

#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {

Exit carry_out(const Context& context, const Session& session, const runner::Make& make) {
  const auto ordered = runner::record(*session.hands().log, *session.clock, session.by, make);
  if (!ordered) return context.fail(ordered.error());
  const auto report = runner::advance(session.definition, session.hands(), {});
  if (!report) return context.fail(report.error());
  if (context.format == Format::json)
    context.out() << advance_document(*report);
  else
    show_advance(*report, screen_of(context, session.definition), session.clock->now());
  const auto result = exit_of(*report);
  return result == Exit::person ? Exit::done : result;
}

}  // namespace train::cli
