# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thin front for Meson: every target is one or two commands that you could
# type yourself. `make help` lists them.

BUILD     ?= build
BUILDTYPE ?= debugoptimized
SANITIZE  ?= none
SUITES    ?=
JOBS      ?=
MESON     ?= meson
CLANG     ?= clang
FUZZ_TIME ?= 600
FUZZ_MEMORY_TIME ?= $(FUZZ_TIME)
SOAK_TIME ?= 3600
SOAK_BOOTS ?= 50
SOAK_MEMORY_TIME ?= 600
SOAK_HOPS ?= 100
PREFIX    ?= /usr/local

meson_flags = --prefix=$(PREFIX) -Dbuildtype=$(BUILDTYPE) \
	-Db_sanitize=$(SANITIZE) $(MESON_FLAGS)
compile = $(MESON) compile -C $(BUILD) $(if $(JOBS),-j $(JOBS))
suite_flags = $(foreach s,$(SUITES),--suite $(s))

.PHONY: all
all: configure
	$(compile)

.PHONY: help
help:
	@echo 'make            build into $$BUILD (build/)'
	@echo 'make check      install what is missing, build, run all tests'
	@echo 'make demo       install what is missing, build, show Plateau at work'
	@echo 'make bench      benchmarks, as ratios to the QEMU of the distribution'
	@echo 'make fuzz       every fuzzer for FUZZ_TIME seconds (600)'
	@echo 'make soak       SOAK_BOOTS (50) guests, then random runs for SOAK_TIME s'
	@echo 'make tsan       the threaded tests under the thread sanitizer'
	@echo 'make docs       the manual, as HTML and man pages'
	@echo 'make format     clang-format over our sources'
	@echo 'make install    to PREFIX (/usr/local); DESTDIR is honoured'
	@echo 'make deps       install the packages that the build and tests need'
	@echo 'make clean      remove the build folder'
	@echo
	@echo 'Variables: BUILD BUILDTYPE SANITIZE MESON_FLAGS SUITES JOBS PREFIX'

.PHONY: configure
configure: $(BUILD)/build.ninja

$(BUILD)/build.ninja:
	$(MESON) setup $(BUILD) $(meson_flags)

.PHONY: deps
deps:
	@scripts/install-deps build test

.PHONY: check
check: deps
	@$(MAKE) --no-print-directory all
	$(MESON) test -C $(BUILD) --print-errorlogs $(suite_flags)

.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory all
	scripts/demo $(BUILD)

.PHONY: bench
bench:
	@scripts/install-deps build bench
	@$(MAKE) --no-print-directory all BUILD=build-bench BUILDTYPE=release
	tests/bench/run build-bench

# Only what runs is built; each fuzzer begins with its seeds. More optimization
# costs more time in the compiler than it saves in short runs.
.PHONY: fuzz
fuzz:
	@scripts/install-deps build fuzz
	@CC=$(CLANG) $(MAKE) --no-print-directory configure BUILD=build-fuzz \
		SANITIZE=address,undefined \
		MESON_FLAGS='$(MESON_FLAGS) -Dfuzzing=true -Db_lundef=false \
			-Dc_args=-g1 -Doptimization=1'
	ninja -C build-fuzz $(if $(JOBS),-j $(JOBS)) fuzzers
	tests/fuzz/run build-fuzz $(FUZZ_TIME) $(FUZZ_MEMORY_TIME)

# Only what the tests need is built. gcc warns that the sanitizer does not know
# fences: what they alone order would be reported, not hidden. It does not see
# the locks of GLib's slice allocator either, so there is none.
.PHONY: tsan
tsan: deps
	@$(MAKE) --no-print-directory configure BUILD=build-tsan SANITIZE=thread \
		MESON_FLAGS='$(MESON_FLAGS) -Db_lundef=false -Dc_args=-Wno-tsan'
	G_SLICE=always-malloc \
	TSAN_OPTIONS=second_deadlock_stack=1:suppressions=$(CURDIR)/tests/tsan.supp \
		$(MESON) test -C build-tsan --print-errorlogs --suite threads

# Every run of the random tests has a seed of its own; the log tells it. First
# SOAK_BOOTS boots of a guest, one whose memory comes and goes for
# SOAK_MEMORY_TIME seconds, ones that move SOAK_HOPS times, and Debian from a
# disk.
.PHONY: soak
soak: deps
	@scripts/install-deps soak
	@$(MAKE) --no-print-directory all
	tests/guest/soak $(BUILD)/system/plateau $(SOAK_BOOTS) || [ $$? = 77 ]
	tests/guest/memory-soak $(BUILD)/system/plateau $(SOAK_MEMORY_TIME) || \
		[ $$? = 77 ]
	QEMU_MODULE_DIR=$(abspath $(BUILD))/backends/crypto \
		tests/functional/migration_hops.py $(BUILD)/system/plateau \
		--hops $(SOAK_HOPS)
	tests/functional/migration_faults.py $(BUILD)/system/plateau \
		--offsets 200
	for machine in virt microvm; do for smp in 1 4; do \
		QEMU_MODULE_DIR=$(abspath $(BUILD))/backends/crypto \
		tests/functional/migration_guest.py --hops $(SOAK_HOPS) \
			--smp $$smp --machine $$machine \
			$(BUILD)/system/plateau || exit 1; \
	done; done
	tests/guest/debian-root $(BUILD)/system/plateau || [ $$? = 77 ]
	tests/guest/insn/memory_test.py --full $(BUILD)/system/plateau
	[ ! -x $(BUILD)/tests/functional/faulty-kvm ] || \
		tests/functional/kvm_faults.py --all \
			$(BUILD)/tests/functional/faulty-kvm
	@end=$$(($$(date +%s) + $(SOAK_TIME))); n=0; \
	while [ $$(date +%s) -lt $$end ]; do \
		$(MESON) test -C $(BUILD) --no-rebuild --quiet --suite unit \
			--suite qtest --suite functional || exit 1; \
		n=$$((n + 1)); echo "round $$n, $$((end - $$(date +%s))) s left"; \
	done

.PHONY: docs
docs:
	@scripts/install-deps docs
	scripts/build-docs $(BUILD)/docs

.PHONY: format
format:
	git ls-files '*.c' | xargs clang-format -i

.PHONY: install
install: all
	$(MESON) install -C $(BUILD) --no-rebuild

.PHONY: clean
clean:
	rm -rf $(BUILD)
