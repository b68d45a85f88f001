#include "train/base/interruption.hpp"

#include <atomic>

namespace train {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler sets it");

}  // namespace

bool is_interrupted() { return g_interrupted; }
void interrupt() { g_interrupted = true; }
void forget_interruption() { g_interrupted = false; }

}  // namespace train
