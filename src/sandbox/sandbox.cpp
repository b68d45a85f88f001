#include "sandbox.hpp"

#include <fmt/format.h>

#include "http/server.hpp"

namespace train::sandbox {
namespace {

std::string url_of(int port) { return fmt::format("http://127.0.0.1:{}", port); }

class Serving final : public Sandbox {
 public:
  Serving(std::unique_ptr<HttpServer> server, const Options& options, const MakeService& app_store,
          const MakeService& play)
      : world_(options, url_of(server->port()), app_store, play), server_(std::move(server)) {
    server_->serve([this](WireRequest&& request) { return world_.serve(std::move(request)); },
                   [this](const WireRequest& head) { return world_.plan_body(head); });
  }
  ~Serving() override {
    world_.stop();
    server_.reset();
  }

  int port() const override { return server_->port(); }
  const Credentials& credentials() const override { return world_.credentials(); }
  Instant now() const override { return world_.now(); }
  void advance_to(Instant at) override { world_.advance_to(at); }
  Answer control(std::string_view method, std::string_view path, std::string_view body) override {
    auto response = world_.control(method, path, body);
    return Answer{response.status, std::move(response.body)};
  }
  void set_hook(Hook hook) override { world_.set_hook(std::move(hook)); }

 private:
  World world_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

std::string Sandbox::url() const { return url_of(port()); }

Result<std::unique_ptr<Sandbox>> start_with(const Options& options, const MakeService& app_store,
                                            const MakeService& play) {
  if (options.port < 0 || options.port > 65535) {
    return fail(ErrorKind::usage, fmt::format("{} is not a port.", options.port),
                "Ports go from 1 to 65535; 0 is any free one.");
  }
  auto server = HttpServer::listen(options.port);
  if (!server) return tl::unexpected(server.error());
  return std::unique_ptr<Sandbox>(std::make_unique<Serving>(std::move(*server), options, app_store, play));
}

}  // namespace train::sandbox
