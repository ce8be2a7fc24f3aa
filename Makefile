# make run     installs what is missing, builds, opens the app on its sample
# make test    installs what is missing, runs every test, the real window included
# make lint    vet and golangci-lint
# make bench   the figures of docs/benchmarks.md
# make nightly the resolver against the real pip on random roots, and fuzzing (an hour)
# make truth   real images and registries against the figures of an independent script (minutes)
# make man     the manual pages of weigh, into build/man
# make build/weigh-static   weigh as one file for any Linux
# make golden  rewrites the expected outputs; look at the diff before you commit
# make assets  makes the embedded catalogue and sample anew (needs ../shared)

SHELL   := /bin/bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TAGS    := migrated_fynedo
LDFLAGS := -s -w -X main.version=$(VERSION)
BIN     := build
SHARED  ?= $(abspath ../shared)
GOLANGCI_VERSION := v2.15.0

# Debian and Ubuntu packages. What each group is for: compiling cgo (SQLite),
# compiling Fyne, opening a window where there is no screen.
DEB_CGO    := gcc libc6-dev
DEB_FYNE   := pkgconf libgl-dev libegl-dev libwayland-dev libxkbcommon-dev libxrandr-dev \
              libxcursor-dev libxinerama-dev libxi-dev libxxf86vm-dev
DEB_BENCH  := isal zstd openssl strace time
DEB_WINDOW := xvfb xdotool imagemagick openbox libgl1-mesa-dri x11-utils fonts-dejavu-core

# need installs the Debian packages of $(1) that are missing; elsewhere it says
# what must be there.
define need
	@missing=""; \
	if command -v dpkg-query >/dev/null; then \
	  for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	  if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $$missing >/dev/null || \
	    { echo "could not install$$missing; install them by hand and run make again" >&2; exit 1; }; \
	  fi; \
	else \
	  echo "not Debian or Ubuntu: see README.md for the libraries that must be there ($(1))"; \
	fi
	@command -v go >/dev/null || { echo "Go is not on the PATH: https://go.dev/doc/install" >&2; exit 1; }
endef

.PHONY: run man test test-fast test-ui test-window build lint fmt golden bench truth nightly assets clean deps-cgo deps-fyne deps-window deps-bench

deps-cgo: ; $(call need,$(DEB_CGO))
deps-fyne: deps-cgo ; $(call need,$(DEB_FYNE))
deps-window: deps-fyne ; $(call need,$(DEB_WINDOW))
deps-bench: deps-window ; $(call need,$(DEB_BENCH))

$(BIN)/weigh: deps-cgo FORCE
	@mkdir -p $(BIN)
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/weigh

# One file for any Linux: glibc and SQLite are in it. Names are looked up by Go.
$(BIN)/weigh-static: deps-cgo FORCE
	@mkdir -p $(BIN)
	go build -tags netgo,osusergo,sqlite_omit_load_extension -ldflags '$(LDFLAGS) -linkmode external -extldflags "-static"' -o $@ ./cmd/weigh

$(BIN)/weighline: deps-fyne FORCE
	@mkdir -p $(BIN)
	go build -tags $(TAGS) -ldflags '$(LDFLAGS)' -o $@ ./cmd/weighline

FORCE:

build: $(BIN)/weigh $(BIN)/weighline

# The manual pages, made from the help of the commands.
man: deps-cgo
	@mkdir -p $(BIN)/man
	go run ./cmd/weigh man --dir $(BIN)/man

# Without a display there is no window to open: the same sample goes through weigh.
run:
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
	  $(MAKE) --no-print-directory $(BIN)/weighline && exec $(BIN)/weighline --sample; \
	else \
	  echo "No display (DISPLAY and WAYLAND_DISPLAY are empty): showing the sample through weigh instead of the window."; \
	  $(MAKE) --no-print-directory $(BIN)/weigh && $(BIN)/weigh sample; \
	fi

# The packages without Fyne: seconds, and all that most changes need.
FAST := ./analysis/... ./store/... ./assets/... ./cmd ./cmd/weigh/... ./ui/state/... ./ui/chart/... ./ui/treemap/...

test: test-fast test-ui test-window

test-fast: deps-cgo
	@[ -d "$(SHARED)" ] || echo "note: $(SHARED) is not there: the checks on real locks and oracles are skipped"
	WEIGHLINE_SHARED=$(SHARED) go test $(FAST)

test-ui: deps-fyne
	WEIGHLINE_SHARED=$(SHARED) go test -tags ci,$(TAGS) ./ui/ ./ui/widgets/... 

test-window: deps-window $(BIN)/weighline $(BIN)/weigh
	WEIGHLINE_SHARED=$(SHARED) WEIGHLINE_BIN=$(CURDIR)/$(BIN) go test -tags window,$(TAGS) -count=1 ./cmd/weighline/...

lint: deps-fyne $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
	go vet -tags $(TAGS) ./...
	$(BIN)/golangci-lint-$(GOLANGCI_VERSION) run ./...

$(BIN)/golangci-lint-$(GOLANGCI_VERSION):
	@mkdir -p $(BIN)/tmp
	GOBIN=$(CURDIR)/$(BIN)/tmp go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(BIN)/tmp/golangci-lint $@ && rmdir $(BIN)/tmp

fmt:
	gofmt -w $$(git ls-files '*.go')

golden: deps-fyne
	go test ./cmd/weigh/... -update
	go test -tags ci,$(TAGS) ./ui/widgets/... -update
	WEIGHLINE_SHARED=$(SHARED) go test ./analysis/reqfile ./analysis/depgraph -run 'TestProjects|TestFollowProjects' -update

bench: deps-bench $(BIN)/weighline $(BIN)/weigh $(BIN)/dive
	WEIGHLINE_SHARED=$(SHARED) go test -run '^$$' -bench . -benchmem $(FAST)
	go test -tags ci,$(TAGS) -run '^$$' -bench . -benchmem ./ui/ ./ui/widgets/
	WEIGHLINE_BIN=$(CURDIR)/$(BIN) go test -tags window,$(TAGS) -run '^$$' -bench . ./cmd/weighline/
	@if [ -x .ci/bench-image ]; then DIVE=$(CURDIR)/$(BIN)/dive .ci/bench-image $(CURDIR)/$(BIN)/weigh; fi
	@if [ -x .ci/bench-slim ]; then .ci/bench-slim $(CURDIR)/$(BIN)/weigh; fi
	@if [ -x .ci/bench-check ]; then .ci/bench-check $(CURDIR)/$(BIN)/weigh; fi
	.ci/bench-hostile-deps

# The peer that images are measured against; @latest is a version without the program.
$(BIN)/dive: deps-cgo
	GOBIN=$(CURDIR)/$(BIN) go install github.com/wagoodman/dive@v0.13.1

truth: deps-cgo
	WEIGHLINE_SHARED=$(SHARED) go test -tags truth -run Truth -count=1 -timeout 60m ./analysis/...

# pip against the resolver on fresh random roots (minutes; needs a Python 3.11 with pip), then
# the parsers of what comes from a network on made-up bytes.
nightly: deps-cgo
	WEIGHLINE_SHARED=$(SHARED) WEIGHLINE_PIP=python3 WEIGHLINE_PIP_SETS=100 WEIGHLINE_PIP_SEED=$$(date +%j) go test -count=1 -timeout 60m -run TestRealPip ./analysis/depgraph
	WEIGHLINE_SHARED=$(SHARED) WEIGHLINE_PIP=python3 go test -count=1 -timeout 30m -run TestRealPip ./analysis
	for f in $$(go test -list '^Fuzz' ./analysis/reqfile | grep ^Fuzz); do go test -run '^$$' -fuzz "^$$f\$$" -fuzztime 30s ./analysis/reqfile || exit 1; done
	for f in $$(go test -list '^Fuzz' ./analysis/pep | grep ^Fuzz); do go test -run '^$$' -fuzz "^$$f\$$" -fuzztime 30s ./analysis/pep || exit 1; done
	for f in FuzzZip FuzzPage FuzzMetadata FuzzSettings FuzzJSON; do go test -run '^$$' -fuzz "$$f\$$" -fuzztime 60s ./analysis/pyindex || exit 1; done
	for f in FuzzParse FuzzReadDynamic; do go test -run '^$$' -fuzz "$$f\$$" -fuzztime 60s -fuzzminimizetime 1s ./analysis/evidence || exit 1; done

assets:
	go generate ./assets

clean:
	rm -rf $(BIN)
