// docs/event-log.md says of every kind of event which members it has. The names and forms in its generated part come
// from the fields that the codec writes; what each means is the page's own text and is kept.
//
// A difference is accepted with TRAIN_ACCEPT=1, which writes the page again; then say what new members mean.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "fields.hpp"
#include "train/base/text.hpp"
#include "train/domain/words.hpp"

namespace train::event_log {
namespace {

const std::string k_page = std::string(TRAIN_SOURCE_DIR) + "/docs/event-log.md";
const std::string k_begin = "<!-- begin: written by tests/unit/event_log/page_test.cpp -->\n";
const std::string k_end = "<!-- end -->\n";

struct Member {
  std::string name;
  std::string form;
  bool always = false;
};
struct Table {
  std::string title;  // "`opened`", or where an object of this form is first used: "`seen.release`"
  std::vector<Member> members;
};

// Walks over the fields of every kind as the codec does, and writes down their names and forms.
class Page {
 public:
  template <typename T>
  void add_table(const std::string& title) {
    tables_.push_back({title, {}});
    const std::size_t at = tables_.size() - 1;
    Lister lister(*this, title, at);
    fields(lister, T{});
    for (std::size_t next = 0; next < waiting_.size(); ++next) {
      const auto add = waiting_[next];
      add();
    }
    waiting_.clear();
  }
  const std::vector<Table>& tables() const { return tables_; }

 private:
  class Lister {
   public:
    template <typename T>
    using Ref = const T&;

    Lister(Page& page, std::string title, std::size_t table) : page_(page), title_(std::move(title)), table_(table) {}

    template <typename T>
    void need(const char* name, const T& value) {
      put(name, form_of(name, value), true);
    }
    template <typename E>
    void need_word(const char* name, const std::optional<E>&) {
      put(name, form_of(name, E{}), true);
    }
    template <typename T>
    void may(const char* name, const T& value) {
      put(name, form_of(name, value), false);
    }

   private:
    void put(const char* name, std::string form, bool always) {
      page_.tables_[table_].members.push_back({name, std::move(form), always});
    }

    static std::string form_of(const char*, bool) { return "`true` or `false`"; }
    static std::string form_of(const char*, int) { return "whole number"; }
    static std::string form_of(const char*, std::uint64_t) { return "whole number"; }
    static std::string form_of(const char*, std::int64_t) { return "whole number"; }
    static std::string form_of(const char*, double) { return "number"; }
    static std::string form_of(const char*, Duration) { return "seconds"; }
    static std::string form_of(const char*, const std::string&) { return "text"; }
    static std::string form_of(const char*, const VersionName&) { return "version"; }
    static std::string form_of(const char*, const BuildNumber&) { return "build number"; }
    static std::string form_of(const char*, Instant) { return "time"; }
    static std::string form_of(const char*, Percent) { return "percent"; }
    template <typename T>
    std::string form_of(const char* name, const std::optional<T>&) {
      return form_of(name, T{});
    }
    template <typename T>
    std::string form_of(const char* name, const std::vector<T>&) {
      return "list: " + form_of(name, T{});
    }
    template <typename T>
    std::string form_of(const char* name, const std::map<std::string, T>&) {
      return "by name: " + form_of(name, T{});
    }
    template <typename E>
    requires std::is_enum_v<E> std::string form_of(const char*, E) {
      std::string out;
      for (const auto word : all_words<E>()) out += (out.empty() ? "`" : " `") + std::string(word) + "`";
      return out;
    }
    // An object has a table of its own, under the name of the place where it is first found.
    template <typename T>
    requires std::is_class_v<T> std::string form_of(const char* name, const T&) {
      const std::string here = title_ + "." + name;
      const auto [place, is_new] = page_.places_.emplace(std::type_index(typeid(T)), here);
      if (is_new) page_.waiting_.push_back([&page = page_, here] { page.add_object<T>(here); });
      return "as `" + place->second + "`";
    }

    Page& page_;
    std::string title_;
    std::size_t table_;
  };

  template <typename T>
  void add_object(const std::string& title) {
    tables_.push_back({title, {}});
    Lister lister(*this, title, tables_.size() - 1);
    fields(lister, T{});
  }

  std::vector<Table> tables_;
  std::map<std::type_index, std::string> places_;
  std::vector<std::function<void()>> waiting_;  // objects that have been named and have no table yet
};

template <std::size_t... I>
std::vector<Table> all_tables(std::index_sequence<I...>) {
  Page page;
  (page.add_table<std::variant_alternative_t<I, EventKinds>>(std::string(kind_of(EventBody(std::in_place_index<I>)))),
   ...);
  return page.tables();
}

// What the page says of a table ("### opened") and of a member ("opened.version").
using Meanings = std::map<std::string, std::string>;

Meanings meanings_in(const std::string& text) {
  Meanings out;
  std::string table;
  for (const std::string& line : split(text, '\n')) {
    if (starts_with(line, "### `")) {
      table = line.substr(5, line.size() - 6);
    } else if (starts_with(line, "| `")) {
      const auto cells = split(line, '|');
      if (cells.size() >= 6) {
        const std::string name(trim(cells[1]));
        out[table + "." + name.substr(1, name.size() - 2)] = std::string(trim(cells[cells.size() - 2]));
      }
    } else if (!line.empty() && line[0] != '|' && !table.empty()) {
      out["### " + table] = line;
    }
  }
  return out;
}

std::string rendered(const std::vector<Table>& tables, Meanings& meanings) {
  std::string out;
  for (const auto& table : tables) {
    out += "\n### `" + table.title + "`\n\n" + meanings["### " + table.title] +
           "\n\n| member | form | there | means |\n" + "| --- | --- | --- | --- |\n";
    for (const auto& member : table.members) {
      out += "| `" + member.name + "` | " + member.form + " | " + (member.always ? "always" : "may be") + " | " +
             meanings[table.title + "." + member.name] + " |\n";
    }
  }
  return out + "\n";
}

std::string read_page() {
  std::ifstream in(k_page, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(EventLogPage, NamesEveryKindAndEveryMemberOfTheLog) {
  const auto tables = all_tables(std::make_index_sequence<std::variant_size_v<EventKinds>>());
  const std::string page = read_page();
  const auto begin = page.find(k_begin);
  const auto end = page.find(k_end);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end) << "the page has no marks";
  const std::string now = page.substr(begin + k_begin.size(), end - begin - k_begin.size());
  Meanings meanings = meanings_in(now);
  const std::string wanted = rendered(tables, meanings);
  if (std::getenv("TRAIN_ACCEPT") != nullptr && wanted != now) {
    std::ofstream(k_page, std::ios::binary) << page.substr(0, begin + k_begin.size()) << wanted << page.substr(end);
  }
  EXPECT_EQ(now, wanted) << "run it with TRAIN_ACCEPT=1, then say in the page what each new member means";
}

TEST(EventLogPage, SaysWhatEachMemberMeans) {
  Meanings meanings = meanings_in(read_page());
  for (const auto& table : all_tables(std::make_index_sequence<std::variant_size_v<EventKinds>>())) {
    EXPECT_FALSE(meanings["### " + table.title].empty()) << table.title;
    for (const auto& member : table.members) {
      EXPECT_FALSE(meanings[table.title + "." + member.name].empty()) << table.title << "." << member.name;
    }
  }
}

}  // namespace
}  // namespace train::event_log
