#include "train/base/secret.hpp"

#include <openssl/crypto.h>

namespace train {

Secret::~Secret() { OPENSSL_cleanse(value_.data(), value_.size()); }

}  // namespace train
