// A made-up certificate authority with identities, .p12 files and profiles: nobody trusts it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apple/apple_signer.hpp"
#include "keys/openssl_handles.hpp"
#include "train/base/time.hpp"

namespace train::signing {

struct MadeCertificate {
  KeyHandle key;
  CertificateHandle certificate;
};

// A root and what issues leaves.
struct MadeAuthority {
  MadeCertificate root;
  MadeCertificate issuer;
};
const MadeAuthority& made_authority();

struct LeafRecipe {
  std::string team = "TRAIN12345";
  std::string name = "Apple Distribution: Example Org (TRAIN12345)";
  Instant from;
  Instant until;
};
MadeCertificate make_leaf(const LeafRecipe& recipe);
// With its issuers, or the leaf alone.
enum class WithIssuers { yes, no };
std::string p12_of(const MadeCertificate& leaf, const std::string& password, WithIssuers issuers = WithIssuers::yes);

struct ProfileRecipe {
  std::string app = "TRAIN12345.com.example.train";
  std::string team = "TRAIN12345";
  std::vector<std::string> certificates;  // DER
  std::string expires = "2036-01-01T00:00:00Z";
  std::string more_entitlements;  // XML
  std::string more;               // XML
};
std::string profile_of(const ProfileRecipe& recipe);

// The moment all tests sign at.
Instant signing_time();

// An identity that signs at that time, its key and chain as the product holds them.
AppleSigner made_signer(const MadeCertificate& leaf);

// ---- an .ipa of hand-made code, unsigned unless told
struct IpaRecipe {
  std::map<std::string, std::string> files;  // replaces or adds, by whole name; an empty text leaves out
  bool second_app = false;
};
std::map<std::string, std::string> ipa_files();
std::string ipa_of(const IpaRecipe& recipe = {});
std::string info_xml(const std::string& id, const std::string& executable, const std::string& more = {});

}  // namespace train::signing
