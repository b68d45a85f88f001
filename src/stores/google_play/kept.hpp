// The one edit that is worth keeping: that of an upload. Every other edit is cheap to begin again, and reading anew is
// safer than trusting one; but a bundle that is half sent lies in its edit, and is lost with it. So the edit, its
// expiry and the upload sessions are written to a file of their own, beside the log and not in it: losing the file
// costs an upload, never a wrong step. See docs/decisions/0008-what-is-kept-of-an-edit.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/time.hpp"

namespace train::stores::google_play {

struct KeptSession {
  std::string place;   // below the edit: "bundles"
  std::string sha256;  // of the file
  std::string url;     // where its bytes go
};

struct KeptEdit {
  std::string id;
  Instant expires;
  std::vector<KeptSession> sessions;

  bool holds(std::string_view sha256) const;
};

class Keep {
 public:
  // `file`: where it lasts; empty: no longer than this process. What was kept for another package is not ours.
  Keep(std::filesystem::path file, std::string package);

  // The edit of an upload that was begun and not ended; nullopt when there is none or its time is over. A file that
  // cannot be read counts as none.
  std::optional<KeptEdit> edit(Instant now);
  void begin(KeptEdit edit);
  void add(KeptSession session);  // to the edit; takes the place of the same file's
  void drop_session(std::string_view place, std::string_view sha256);
  void forget();

 private:
  void load();
  void save();

  std::filesystem::path file_;
  std::string package_;
  std::optional<KeptEdit> edit_;
};

}  // namespace train::stores::google_play
