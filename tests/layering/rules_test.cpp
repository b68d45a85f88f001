// The rules themselves: each must find its fault in a made-up file, and find none in an innocent one.
#include "layering/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "layering/source_text.hpp"

namespace train::layering {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string repeated(const std::string& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

TEST(Rules, KnowTheRoomOfAFile) {
  EXPECT_EQ(room_of("src/engine/gates.cpp"), "engine");
  EXPECT_EQ(room_of("include/train/engine/gates.hpp"), "engine");
  EXPECT_EQ(room_of("src/stores/app_store/pages.cpp"), "stores/app_store");
  EXPECT_EQ(room_of("include/train/stores/app_store.hpp"), "stores/app_store");
  EXPECT_EQ(room_of("src/cli/views/text.cpp"), "cli");
  EXPECT_EQ(room_of("src/main.cpp"), "main");
}

TEST(Rules, FindAForbiddenArrow) {
  const SourceFile file{"src/engine/decide.cpp", "#include <vector>\n#include \"train/http/client.hpp\"\n"};
  EXPECT_THAT(check_arrows(file), ElementsAre("src/engine/decide.cpp:2: engine may not include train/http/client.hpp"));
}

TEST(Rules, FindAnAdapterThatIncludesAnother) {
  const SourceFile file{"src/stores/app_store/store.cpp", "#include \"train/stores/google_play.hpp\"\n"};
  EXPECT_THAT(check_arrows(file), ElementsAre(HasSubstr("stores/app_store may not include")));
}

TEST(Rules, FollowArrowsAsFarAsTheyReach) {
  const SourceFile file{"src/stores/app_store/store.cpp",
                        "#include \"train/stores/app_store.hpp\"\n#include \"train/http/client.hpp\"\n"
                        "#include \"train/base/time.hpp\"\n#include \"pages.hpp\"\n"};
  EXPECT_THAT(check_arrows(file), IsEmpty());
}

TEST(Rules, FindPrivateHeadersWhereTheyDoNotBelong) {
  EXPECT_THAT(check_arrows({"include/train/http/client.hpp", "#include \"wire.hpp\"\n"}),
              ElementsAre(HasSubstr("private header")));
  EXPECT_THAT(check_arrows({"src/runner/run.cpp", "#include \"../http/wire.hpp\"\n"}),
              ElementsAre(HasSubstr("climbs out")));
}

TEST(Rules, FindARoomThatIsNotOnTheMap) {
  EXPECT_THAT(check_arrows({"src/utilities/strings.cpp", ""}), ElementsAre(HasSubstr("'utilities' is not on the map")));
}

TEST(Rules, FindALibraryOutsideItsHome) {
  EXPECT_THAT(check_third_party({"src/signals/prometheus.cpp", "#include <curl/curl.h>\n"}),
              ElementsAre(HasSubstr("has no home in signals")));
  EXPECT_THAT(check_third_party({"src/http/client.cpp", "#include <curl/curl.h>\n"}), IsEmpty());
  EXPECT_THAT(check_third_party({"src/engine/fold.cpp", "#include <nlohmann/json_fwd.hpp>\n"}),
              ElementsAre(HasSubstr("engine")));
}

TEST(Rules, FindALibraryInIncludeEvenFromItsHome) {
  const SourceFile file{"include/train/event_log/codec.hpp",
                        "#include <nlohmann/json.hpp>\n#include <tl/expected.hpp>\n"};
  EXPECT_THAT(check_third_party(file), ElementsAre(HasSubstr(":1: a third-party header in include/")));
}

TEST(Rules, FindAFunctionThatIsTooLong) {
  const std::string body = repeated("  step();\n", 69);
  EXPECT_THAT(check_sizes({"src/a.cpp", "void f() {\n" + body + "}\n"}),
              ElementsAre(HasSubstr("void f() has 71 lines")));
  EXPECT_THAT(check_sizes({"src/a.cpp", "void f() {\n" + body.substr(10) + "}\n"}), IsEmpty());
}

TEST(Rules, FindAFileThatIsTooLong) {
  EXPECT_THAT(check_sizes({"src/a.cpp", repeated("int x;\n", 501)}), ElementsAre(HasSubstr("501 lines")));
  EXPECT_THAT(check_sizes({"src/a.cpp", repeated("int x;\n", 500)}), IsEmpty());
}

TEST(Rules, FindAnImpureEngine) {
  const SourceFile file{"src/engine/decide.cpp",
                        "#include <fstream>\n// std::chrono::system_clock::now() in a comment is talk\n"
                        "auto t = std::chrono::system_clock::now();\nauto home = std::getenv(\"HOME\");\n"};
  EXPECT_THAT(check_purity(file), testing::UnorderedElementsAre(HasSubstr(":1:"), HasSubstr(":3:"), HasSubstr(":4:")));
  EXPECT_THAT(check_purity({"src/runner/run.cpp", file.text}), IsEmpty());
}

TEST(Rules, FindPrintingOutsideCli) {
  const std::string text = "std::cerr << x;\nfmt::print(\"x\");\nsnprintf(b, n, \"x\");\nprintf(\"x\");\n";
  EXPECT_THAT(check_printing({"src/runner/run.cpp", text}),
              ElementsAre(HasSubstr(":1:"), HasSubstr(":2:"), HasSubstr(":4:")));
  EXPECT_THAT(check_printing({"src/cli/views/text.cpp", text}), IsEmpty());
}

TEST(Rules, ReadTheArrowsOfABuildFile) {
  const auto found = arrows_in_cmake("train_room(a LINKS b fmt::fmt PRIVATE c)\ntrain_room(stores/x LINKS a\n   d)\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found.at("a"), ElementsAre("b"));
  EXPECT_THAT(found.at("stores/x"), ElementsAre("a", "d"));
}

TEST(Rules, ReadTheLinksOfAPage) {
  EXPECT_THAT(links_of("[a](docs/a.md#top) [b](https://example.com) [c](#here) ![d](../d.svg)"),
              ElementsAre("docs/a.md", "../d.svg"));
}

TEST(SourceText, BlanksCommentsLiteralsAndDirectives) {
  const std::string text = "a(\"x{\\\"}\"); // {\n/* {\n*/ b('{', 10'000);\n#define M {\\\n  {\nc(R\"j({\")j\");\n";
  const std::string code = code_of(text);
  EXPECT_EQ(code.size(), text.size());
  EXPECT_EQ(code.find('{'), std::string::npos) << code;
  EXPECT_NE(code.find("10'000"), std::string::npos);
  EXPECT_NE(code.find("c("), std::string::npos);
}

TEST(SourceText, FindsFunctionsInClassesAndNamespaces) {
  const auto found = functions_of(
      "namespace n {\nstruct S : B<int> {\n  int one() const { return 1; }\n};\nenum class E { a, b };\n"
      "const int table[] = {1, 2};\nS::S() : x_(1), y_{2} {\n  go([] { x(); });\n}\ntemplate <class T>\nT two(T t) {\n "
      " return t;\n}\n}\n");
  std::vector<int> lengths;
  for (const Function& function : found) lengths.push_back(function.length);
  EXPECT_THAT(lengths, testing::IsSupersetOf({1, 3, 4}));
}

}  // namespace
}  // namespace train::layering
