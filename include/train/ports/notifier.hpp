// Telling people. A message carries the log's sequence number, so that a receiver can drop a repeat.
#pragma once

#include <string>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"

namespace train {

struct Message {
  Topic topic = Topic::stage;
  std::string train;
  VersionName version;
  AppName app;           // may be empty
  std::string headline;  // one line
  std::string body;      // may be empty
  Seq seq = 0;           // of the event it tells of
  Instant at;
  std::string by;
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual Result<Done> send(const Channel& channel, const Message& message) = 0;
};

}  // namespace train
