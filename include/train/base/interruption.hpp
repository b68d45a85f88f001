// Whether somebody has asked this process to end (SIGINT, SIGTERM). The call that is in flight is ended in order; no
// other write is begun.
#pragma once

namespace train {

bool is_interrupted();

// Safe in a signal's handler.
void interrupt();

// For a process that goes on all the same: the tests'.
void forget_interruption();

}  // namespace train
