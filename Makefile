# Kinora. `make` lists the targets. Each installs what it needs first.

CARGO ?= cargo
SAMPLE := assets/samples/the-vampyre.fountain
FILM := film/the-vampyre

.PHONY: help setup film test check bench
.DEFAULT_GOAL := help

help:
	@echo "make film    build Kinora and make a film of $(SAMPLE)"
	@echo "make test    run every test"
	@echo "make check   formatting, clippy with warnings denied, and the docs"
	@echo "make bench   measure renders beside ffmpeg, MoviePy and melt; KINORA_FOOTAGE=DIR adds motion, matches and seams"
	@echo "make setup   install what the build needs"

setup:
	@.ci/setup

film: setup
	@$(CARGO) build --release
	@target=$${CARGO_TARGET_DIR:-target}; "$$target/release/kinora" film $(SAMPLE) -o $(FILM)

test: setup
	@$(CARGO) test --workspace

check: setup
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --workspace --all-targets -- -D warnings
	@RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps --workspace

bench: setup
	@$(CARGO) build --release
	@target=$${CARGO_TARGET_DIR:-target}; python3 benches/run.py --kinora "$$target/release/kinora" $(if $(KINORA_FOOTAGE),--footage "$(KINORA_FOOTAGE)")
