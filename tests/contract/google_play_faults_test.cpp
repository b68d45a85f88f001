#include <random>

#include "../../src/sandbox/http/spool.hpp"
#include "google_play_fixture.hpp"

namespace train::testing_play {
namespace {

using Changes = std::vector<std::string>;

struct LostCase {
  const char* name;
  const char* fault;
  const char* method;
  const char* path;  // part of the path that is struck
};
void PrintTo(const LostCase& row, std::ostream* out) { *out << row.name; }

// Every write of a whole release meets the fault once; the client is asked again while it says it does not know.
struct LostAnswers : GooglePlayStore, testing::WithParamInterface<LostCase> {
  void arm() {
    struck = false;
    world->set_hook([this](sandbox::Moment moment, std::uint64_t, std::string_view method, std::string_view path) {
      const LostCase& row = GetParam();
      const bool meant = method == row.method && path.find(row.path) != std::string_view::npos;
      if (moment != sandbox::Moment::before_effect || struck || !meant) return;
      struck = true;
      fault(row.method, "/play/", row.fault);
    });
  }
  // Asks until it is done, as the runner does after it has observed.
  void insist(const std::function<Result<Done>()>& step, const std::string& what) {
    arm();
    Result<Done> result = step();
    for (int again = 0; !result && again < 3; ++again) {
      const ErrorKind kind = result.error().kind;
      const bool come_back = kind == ErrorKind::unknown_outcome || kind == ErrorKind::unreachable;
      ASSERT_TRUE(come_back || kind == ErrorKind::rate_limited) << what << ": " << text(result);
      result = step();
    }
    EXPECT_EQ(text(result), "done") << what;
  }
  bool struck = false;
};

TEST_P(LostAnswers, LeaveOneEffectOfEachStep) {
  const Upload upload = bundle();
  insist([&] { return store->offers().uploads->upload_build(upload); }, "upload");
  insist([&] { return store->start_rollout(candidate, Percent::whole(1), {}); }, "start");
  world->set_hook(nullptr);
  review();
  insist([&] { return store->offers().percentages->set_percent(candidate, Percent::whole(5)); }, "set_percent");
  insist([&] { return store->halt(candidate); }, "halt");
  insist([&] { return store->resume(candidate, Percent::whole(20)); }, "resume");
  insist([&] { return store->complete(candidate); }, "complete");
  EXPECT_EQ(changes(), (Changes{"play/bundle 340", "play/production/340 inProgress 0.01",
                                "play/production/340 inProgress 0.05", "play/production/340 halted 0.05",
                                "play/production/340 inProgress 0.2", "play/production/340 completed"}));
}

const LostCase k_lost[] = {
    {"commit_applied_answer_lost", "drop_after_effect", "POST", ":commit"},
    {"commit_lost_before", "drop_before_effect", "POST", ":commit"},
    {"commit_503", "status:503", "POST", ":commit"},
    {"commit_429", "status:429", "POST", ":commit"},
    {"insert_answer_lost", "drop_after_effect", "POST", "/edits"},
    {"insert_503", "status:503", "POST", "/edits"},
    {"track_write_answer_lost", "drop_after_effect", "PUT", "/tracks/"},
    {"track_write_lost", "drop_before_effect", "PUT", "/tracks/"},
    {"track_read_500", "status:500", "GET", "/tracks/production"},
    {"list_lost", "drop_after_effect", "GET", "/releases"},
    {"delete_lost", "drop_after_effect", "DELETE", "/edits/"},
    {"token_refused_once", "status:401", "POST", ":commit"},
    {"upload_start_lost", "drop_after_effect", "POST", "/bundles"},
    {"chunk_answer_lost", "drop_after_effect", "PUT", "/bundles"},
    {"chunk_503", "status:503", "PUT", "/bundles"},
};
INSTANTIATE_TEST_SUITE_P(, LostAnswers, testing::ValuesIn(k_lost), [](const auto& each) { return each.param.name; });

// A person changes something in the console between two of our requests: the edit is gone.
struct LostEdit : GooglePlayStore, testing::WithParamInterface<const char*> {
  void lose_edits(int times) {
    watch->before = [this, times](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
      const bool here = request.path.find(GetParam()) != std::string::npos && request.method != "DELETE";
      if (!here || lost >= times) return;
      ++lost;
      const Json act = {
          {"app", "android"}, {"action", "upload"}, {"version", "2.0.0"}, {"build", std::to_string(100 + lost)}};
      EXPECT_TRUE(play.person(act, now));
    };
  }
  int lost = 0;
};

TEST_P(LostEdit, IsBegunAgain) {
  roll_out(5);
  lose_edits(9);
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done");
  EXPECT_EQ(lost, 9);
  EXPECT_EQ(changes().back(), "play/production/340 inProgress 0.2");
}

TEST_P(LostEdit, IsGivenUpAfterTheTenth) {
  roll_out(5);
  lose_edits(100);
  const auto failed = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::conflict) << failed.error().text();
  EXPECT_EQ(lost, 10);
}
INSTANTIATE_TEST_SUITE_P(, LostEdit, testing::Values("/tracks/production", ":commit"),
                         [](const auto& each) { return std::string(each.param).substr(1, 6); });

// Somebody else's edit, opened between any two requests of ours: a second runner with the same account, or a person.
struct EndedAt : GooglePlayStore, testing::WithParamInterface<int> {
  // Another edit is opened before our `at`th request inside an edit from now.
  void end_edit_before(int at) {
    seen = 0;
    watch->before = [this, at](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
      const bool inside = request.path.find("/edits/") != std::string::npos && request.method != "DELETE";
      if (!inside || ++seen != at) return;
      sandbox::ServerRequest insert = request;
      insert.method = "POST";
      insert.path = "/androidpublisher/v3/applications/com.example.charge/edits";
      insert.body.clear();
      EXPECT_EQ(play.handle(insert, now).response.status, 200);
    };
  }
  int seen = 0;
};

TEST_P(EndedAt, EveryStepIsBegunAgainAndDoneOnce) {
  const auto insist = [&](const char* what, const std::function<Result<Done>()>& step) {
    end_edit_before(GetParam());
    EXPECT_EQ(text(step()), "done") << what;
    watch->before = nullptr;
  };
  const Upload upload = bundle();
  insist("upload", [&] { return store->offers().uploads->upload_build(upload); });
  insist("start", [&] { return store->start_rollout(candidate, Percent::whole(1), {}); });
  review();
  insist("set_percent", [&] { return store->offers().percentages->set_percent(candidate, Percent::whole(5)); });
  insist("halt", [&] { return store->halt(candidate); });
  insist("resume", [&] { return store->resume(candidate, Percent::whole(20)); });
  insist("complete", [&] { return store->complete(candidate); });
  insist("look",
         [&] { return store->observe(candidate.version, Depth::full).map([](const auto&) { return Done{}; }); });
  EXPECT_EQ(changes(), (Changes{"play/bundle 340", "play/production/340 inProgress 0.01",
                                "play/production/340 inProgress 0.05", "play/production/340 halted 0.05",
                                "play/production/340 inProgress 0.2", "play/production/340 completed"}));
}
INSTANTIATE_TEST_SUITE_P(BeforeRequest, EndedAt, testing::Range(1, 7));

// ---- what the account may not do, in Google's words ----------------------------------------------

struct RefusedCase {
  const char* name;
  const char* body;  // of a 403
  ErrorKind kind;
  const char* hint;
};
void PrintTo(const RefusedCase& row, std::ostream* out) { *out << row.name; }
struct RefusedCall : GooglePlayStore, testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedCall, IsToldWithTheWayOnAndChangesNothing) {
  roll_out(5);
  const Changes before = changes();
  watch->after = [](SeenCall& call) {
    call.handled.response.status = 403;
    call.handled.response.body = GetParam().body;
  };
  for (const auto& refused :
       {store->offers().percentages->set_percent(candidate, Percent::whole(20)), store->halt(candidate)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, GetParam().kind) << refused.error().text();
    EXPECT_NE(refused.error().hint.find(GetParam().hint), std::string::npos) << refused.error().text();
  }
  EXPECT_EQ(changes(), before);
}
INSTANTIATE_TEST_SUITE_P(
    , RefusedCall,
    testing::Values(
        RefusedCase{"no_grant",
                    R"({"error":{"code":403,"message":"The caller does not have permission",)"
                    R"("status":"PERMISSION_DENIED","errors":[{"reason":"forbidden"}]}})",
                    ErrorKind::auth, "up to two days"},
        RefusedCase{
            "api_not_enabled",
            R"({"error":{"code":403,"message":"Google Play Android Developer API has not been used in project 7 )"
            R"(before or it is disabled.","status":"PERMISSION_DENIED","errors":[{"reason":"forbidden"}],)"
            R"("details":[{"reason":"SERVICE_DISABLED"}]}})",
            ErrorKind::auth, "Enable the Google Play Android Developer API"},
        RefusedCase{"scope",
                    R"({"error":{"code":403,"message":"Request had insufficient authentication scopes.",)"
                    R"("errors":[{"reason":"forbidden"}],"details":[{"reason":)"
                    R"("ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})",
                    ErrorKind::auth, "scope"},
        RefusedCase{"quota",
                    R"({"error":{"code":403,"message":"Quota exceeded.","errors":[{"reason":"quotaExceeded"}]}})",
                    ErrorKind::rate_limited, "tomorrow"},
        RefusedCase{"too_fast", R"({"error":{"code":403,"message":"Slow.","errors":[{"reason":"rateLimitExceeded"}]}})",
                    ErrorKind::rate_limited, "later"}),
    [](const auto& each) { return each.param.name; });

TEST_F(GooglePlayStore, CallsThatComeTooFastAreSlowedDown) {
  roll_out(5);
  int refused = 0;
  watch->after = [&](SeenCall& call) {
    if (call.request.method != "GET" || refused >= 2) return;
    ++refused;
    call.handled.response.status = 403;
    call.handled.response.body = R"({"error":{"message":"Slow down.","errors":[{"reason":"userRateLimitExceeded"}]}})";
  };
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done");
  EXPECT_EQ(refused, 2);
}

// ---- a commit whose answer was lost --------------------------------------------------------------

TEST_F(GooglePlayStore, LostAnswerOfACommitIsSettledByTheStoresWordAndSaid) {
  roll_out(5);
  watch->calls.clear();
  fault("POST", "/play/androidpublisher/v3/applications/com.example.charge/edits/", "drop_after_effect");
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("had taken effect"), std::string::npos) << told[0];
  EXPECT_EQ(count("POST", ":commit"), 2u) << "the same edit, which the store applies once";
  EXPECT_EQ(changes(), Changes{"play/production/340 inProgress 0.2"});
}

TEST_F(GooglePlayStore, LostCommitThatSomebodyEndedIsBegunAgainFromANewReading) {
  roll_out(5);
  int commits = 0;
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
    if (request.path.find(":commit") == std::string::npos || ++commits != 1) return;
    EXPECT_TRUE(play.person({{"app", "android"}, {"action", "halt"}}, now));
    request.path += "x";
  };
  watch->after = [&](SeenCall& call) {
    if (commits == 1 && call.request.path.find(":commit") != std::string::npos) call.handled.response.status = 500;
  };
  const auto raised = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(raised) << "a person's halt came in between";
  EXPECT_EQ(raised.error().kind, ErrorKind::refused) << raised.error().text();
  EXPECT_EQ(look().status, ReleaseStatus::halted);
}

TEST_F(GooglePlayStore, HalfAnAnswerNeverCounts) {
  roll_out(5);
  for (const char* method : {"POST", "PUT", "GET"}) {
    SCOPED_TRACE(method);
    const int percent = std::string(method) == "POST" ? 10 : std::string(method) == "PUT" ? 20 : 50;
    fault(method, "/play/androidpublisher/v3/applications/com.example.charge/edits/", "half");
    EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(percent))), "done");
    EXPECT_EQ(look().percent, Percent::whole(percent));
  }
}

TEST_F(GooglePlayStore, FractionsOfNothingAndOfEverything) {
  roll_out(5);
  const auto none = store->offers().percentages->set_percent(candidate, Percent{});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::refused);
  EXPECT_NE(none.error().hint.find("halt"), std::string::npos) << none.error().text();
  EXPECT_FALSE(store->start_rollout(candidate, Percent{}, {}));
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, k_percent_all)), "done");
  EXPECT_EQ(changes().back(), "play/production/340 completed") << "a status, not a fraction of 1";
}

TEST_F(GooglePlayStore, FiveHundredCharactersAreFiveHundredWhateverTheirBytes) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  std::string long_enough;
  for (int i = 0; i < 500; ++i) long_enough += "ü";
  watch->calls.clear();
  EXPECT_FALSE(store->start_rollout(candidate, Percent::whole(1), {{"de-DE", long_enough + "x"}}));
  EXPECT_TRUE(watch->calls.empty());
  EXPECT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {{"de-DE", long_enough}})), "done");
}

TEST_F(GooglePlayStore, PersonsHaltInTheMiddleIsRespected) {
  roll_out(5);
  bool halted = false;
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
    if (halted || request.method != "PUT") return;
    halted = true;
    EXPECT_TRUE(play.person({{"app", "android"}, {"action", "halt"}}, now));
  };
  const auto raised = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::refused);
  EXPECT_EQ(look().status, ReleaseStatus::halted);
}

TEST_F(GooglePlayStore, CommitThatArrivedBeforeIsDone) {
  roll_out(5);
  bool once = false;
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
    if (once || request.path.find(":commit") == std::string::npos) return;
    once = true;
    EXPECT_EQ(play.handle(request, now).response.status, 200);
  };
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done")
      << "the store says it was committed before";
}

TEST_F(GooglePlayStore, LoginPageInPlaceOfACommitIsNotBelieved) {
  roll_out(5);
  for (const bool applied : {true, false}) {
    bool once = false;
    watch->before = [&](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
      if (!applied && !once && request.path.find(":commit") != std::string::npos) request.path += "x";
    };
    watch->after = [&](SeenCall& call) {
      if (once || call.request.path.find(":commit") == std::string::npos) return;
      once = true;
      call.handled.response.status = 200;
      call.handled.response.body = "<html>Please sign in to the guest network</html>";
    };
    EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(applied ? 20 : 30))), "done");
  }
  EXPECT_EQ(changes().back(), "play/production/340 inProgress 0.3");
}

TEST_F(GooglePlayStore, CommitThatNobodyAnswersIsUnknown) {
  roll_out(5);
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    if (request.path.find(":commit") != std::string::npos) request.path += "x";
  };
  watch->after = [&](SeenCall& call) {
    if (call.request.path.find(":commit") != std::string::npos) call.handled.response.body = "<html>Sign in</html>";
    if (call.request.path.find(":commit") != std::string::npos) call.handled.response.status = 200;
  };
  const auto raised = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::unknown_outcome) << raised.error().text();
  EXPECT_TRUE(told.empty());
}

TEST_F(GooglePlayStore, UploadAddressOfAStrangerIsNotUsed) {
  watch->after = [](SeenCall& call) {
    for (auto& [name, value] : call.handled.response.headers) {
      if (name == "Location") value = "http://127.0.0.1:9/upload?upload_id=1";
    }
  };
  const auto result = store->offers().uploads->upload_build(bundle());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_answer) << result.error().text();
  EXPECT_EQ(count("PUT", "/upload/"), 0u);
}

TEST_F(GooglePlayStore, UploadSessionThatIsGoneIsStartedAnew) {
  int gone = 0;
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    if (request.method != "PUT" || gone >= 2) return;
    ++gone;
    for (auto& [name, value] : request.query) value = name == "upload_id" ? "gone" : value;
  };
  EXPECT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  EXPECT_EQ(gone, 2);
  EXPECT_EQ(changes(), Changes{"play/bundle 340"});
}

TEST_F(GooglePlayStore, UpdateThatChangesNothingIsNotTakenForDone) {
  roll_out(5);
  // Google answers an empty list with an empty 200 and changes nothing.
  watch->before = [](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    if (request.method == "PUT") request.body = R"({"releases":[]})";
  };
  const auto result = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::refused);
  EXPECT_EQ(changes().back(), "play/production/340 inProgress 0.05");
}

// ---- the upload, cut at random places
struct CutUpload : GooglePlayStore {
  void cut_at_random(unsigned seed, int cuts) {
    random.seed(seed);
    left = cuts;
    most = cuts;
    world->set_hook([this](sandbox::Moment moment, std::uint64_t, std::string_view method, std::string_view path) {
      const bool chunk = method == "PUT" && path.find("/upload/") != std::string_view::npos;
      if (moment != sandbox::Moment::before_effect || !chunk || left == 0) return;
      if (left < most && random() % 2 == 0) return;  // the first is always cut
      --left;
      cut = true;
      unheard = true;
      fault("PUT", "/play/upload/", "drop_after_effect");
    });
    watch->before = [this](sandbox::ServerRequest& request, sandbox::Service&, Instant) { on_request(request); };
    watch->after = [this](SeenCall& call) {
      // What the client does not hear is not acknowledged.
      if (std::exchange(unheard, false)) return;
      for (const auto& [name, value] : call.handled.response.headers) {
        if (name == "Range") acknowledged = std::stoull(value.substr(value.find('-') + 1)) + 1;
      }
    };
  }
  void on_request(sandbox::ServerRequest& request) {
    const auto range = request.headers.find("content-range");
    if (range == request.headers.end()) return;
    if (range->second.find('*') == std::string::npos) {
      const std::uint64_t first = std::stoull(range->second.substr(6));
      EXPECT_EQ(first, acknowledged) << "a byte the store acknowledged is not sent again";
      largest = std::max(largest, request.body_bytes());
    }
    if (cut && request.body_bytes() != 0) shorten(request, random() % request.body_bytes());
    cut = false;
  }
  static void shorten(sandbox::ServerRequest& request, std::uint64_t to) {
    if (!request.spooled) return request.body.resize(to);
    auto begun = sandbox::Spool::open();
    ASSERT_TRUE(begun->append(request.spooled->read(0, to)));
    request.spooled = std::move(begun);
  }
  std::mt19937 random;
  int left = 0;
  int most = 0;
  bool cut = false;
  bool unheard = false;
  std::uint64_t acknowledged = 0;
  std::uint64_t largest = 0;
};

TEST_F(CutUpload, TwentyTimesLeavesOneBundle) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    acknowledged = 0;
    const Upload upload = bundle({.version = "3.4.0", .code = 340 + seed, .padding_bytes = 10u << 20});
    cut_at_random(seed, 4);
    const auto result = store->offers().uploads->upload_build(upload);
    ASSERT_EQ(text(result), "done");
    EXPECT_EQ(changes().size(), seed);
    EXPECT_EQ(changes().back(), "play/bundle " + std::to_string(340 + seed));
    EXPECT_LT(left, most) << "something was cut";
  }
  EXPECT_EQ(largest, std::uint64_t{8} << 20);
}

}  // namespace
}  // namespace train::testing_play
