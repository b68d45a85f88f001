// An .ipa read in full and held against its own seal, before anything is made of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apple/code_seal.hpp"
#include "apple/payload.hpp"
#include "train/base/error.hpp"
#include "train/ports/signer.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

struct ExaminedPayload {
  Payload payload;
  std::map<std::string, CodeReport> code;  // every Mach-O file of the app, by whole name
  std::string version;                     // the app's own
  std::string build;
  std::vector<Finding> findings;

  const CodeReport& report(const std::string& name) const { return code.at(name); }
};

// Whether a file is Apple's own stub of old watch apps: signed by Apple, never touched.
bool is_watch_stub(std::string_view name);

// refused when anything differs from what was signed, or what read_payload refuses.
Result<ExaminedPayload> examine_payload(const zip::Package& package);

}  // namespace train::signing
