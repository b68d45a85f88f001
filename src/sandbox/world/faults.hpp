// Disasters on order: which request goes wrong, how, and how often.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox {

struct Fault {
  enum class Kind {
    status,              // an error answer, no effect
    drop_after_effect,   // handled, then the connection closes without a byte
    drop_before_effect,  // closed without a byte and without an effect
    delay,               // handled at once, answered later (real time)
    stale,               // a read answered from the past (virtual time)
    html,                // 200 with a page instead of the answer, no effect
    half,                // handled, half of the answer's body, then closed
    redirect,            // 302 to elsewhere, no effect
    empty,               // a status without a body, no effect
    legacy,              // 200 {"statusCode":"ERROR"}, as Apple's older API says no; no effect
    clock_skew,          // answered by a store whose clock is so far behind ours (negative: ahead)
    budget,              // answered with so many requests left in X-Rate-Limit; at 0 refused with 429
    lacks,               // handled; the rows that say `word` are left out of its lists
    nulls,               // handled; every field of the name `word` is null
    cut_body,            // closed once so many bytes of an upload's body have come, no effect
  };
  std::string path;    // prefix of the request's target, as the client sends it
  std::string method;  // empty: any; WRITE: any but GET
  int times = 1;       // how often it strikes; 0: until cleared
  int every = 1;       // only each Nth matching request
  std::string text;    // as given: "status:503"
  Kind kind = Kind::status;
  int status = 0;
  std::chrono::milliseconds delay{0};
  Duration age{0};
  std::uint64_t bytes = 0;         // cut_body
  std::string location;            // redirect
  std::string word;                // lacks, nulls
  std::string code;                // of a status: the store's own word, empty: the usual one
  std::string detail;              // of a status: its sentence, empty: the usual one
  int left = 0;                    // budget
  std::optional<int> retry_after;  // seconds, on a status
  int seen = 0;                    // matching requests so far
};

// {"path","method","times","every","fault","retry_after","code","detail"}. `usage` with what is allowed.
Result<Fault> parse_fault(std::string_view json);
nlohmann::json to_json(const Fault& fault);

// What strikes one request: every matching delay, the last clock and budget, and the first of the others.
struct Struck {
  std::chrono::milliseconds delay{0};
  Duration clock_skew{0};
  std::optional<int> budget;
  std::optional<Fault> fault;
};

class Faults {
 public:
  Result<Done> add(Fault fault);  // `refused` beyond 1000
  void clear() { faults_.clear(); }
  const std::vector<Fault>& all() const { return faults_; }
  // Counts: a fault whose times are used up is gone.
  Struck take(std::string_view method, std::string_view target);
  // After how many bytes of its body a request is cut; counts as well.
  std::optional<std::uint64_t> take_cut(std::string_view method, std::string_view target);

 private:
  std::vector<Fault> faults_;
};

// Whether fault_response makes the answer: the request reaches no store.
bool answers_itself(const Fault& fault);
// The answer of a fault that answers itself, in the shape of the store that owns the path.
ServerResponse fault_response(const Fault& fault, std::string_view target);

}  // namespace train::sandbox
