// Programs from npm that hold the built-in stores from the other side; scripts/contract-tools installs them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "child.hpp"
#include "train/base/error.hpp"

namespace train::contract {

std::filesystem::path npm_modules();
// Why `package` cannot run here; empty when it can.
std::string why_not(const std::string& package);

// Stoplight Prism as a proxy: everything that passes is held against an OpenAPI document.
class Prism {
 public:
  // Waits until it answers (it reads megabytes first). `upstream`: "http://127.0.0.1:1234/app-store".
  static Result<std::unique_ptr<Prism>> start(const std::filesystem::path& document, const std::string& upstream);
  ~Prism();
  Prism(const Prism&) = delete;
  Prism& operator=(const Prism&) = delete;

  std::string url() const;  // "http://127.0.0.1:2345"

  // One GET without a token, as a stranger would send it.
  Result<Done> ask(const std::string& path_and_query);

  struct Report {
    std::vector<std::string> requests;    // "get /v1/apps", as they came
    std::vector<std::string> violations;  // "get /v1/apps: request.query.limit must be <= 200"
  };
  // Of all that passed since the start or the last report. Sends one request that Prism must complain about, and waits
  // until it has: what passed before is then in the log. It is left out of the report.
  Result<Report> report();

 private:
  Prism(std::unique_ptr<Child> child, std::string url);
  std::unique_ptr<Child> child_;
  std::string url_;
};

}  // namespace train::contract
