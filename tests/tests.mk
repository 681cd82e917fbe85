# What proves correctness. A unit test links only the rooms at or below its own.
TEST_BASE    := base
TEST_NUM     := num base
TEST_DATA    := data num base
TEST_GRAD    := grad num base
TEST_METRIC  := metric data num base
TEST_MODEL   := model metric grad data num base
TEST_RUN     := run model metric grad data num base
TEST_EXPLAIN := explain run model metric grad data num base
TEST_PLOT    := plot explain run model metric grad data num base
TEST_SESSION := session plot explain run model metric grad data num base
TEST_LUA     := lua session plot explain run model metric grad data num base
TEST_APP     := app $(TEST_LUA)
UNIT_ROOMS   := BASE NUM DATA GRAD METRIC MODEL RUN EXPLAIN PLOT SESSION LUA APP
lower         = $(shell echo $(1) | tr A-Z a-z)

define unit_rule
UNIT_$(1) := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/$(call lower,$(1))/*_test.c))
$$(UNIT_$(1)): $(B)/tests/%: $(B)/tests/unit/%.o $(call archives,$(TEST_$(1)))
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LDFLAGS) $$^ $$(LDLIBS) -lcmocka -o $$@
endef
$(foreach r,$(UNIT_ROOMS),$(eval $(call unit_rule,$(r))))
# The screen's tests link the whole program, and share files of their own.
OBJ_TUI  := $(patsubst %.c,$(B)/%.o,$(filter-out %_test.c,$(wildcard tests/tui/*.c)))
UNIT_TUI := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/tui/*_test.c))
$(B)/tests/tui/%.o: CPPFLAGS += -DORR_PROGRAM='"$(B)/orrery"' $(shell pkg-config --cflags vterm 2>/dev/null)
$(UNIT_TUI): $(B)/tests/tui/%: $(B)/tests/tui/%.o $(OBJ_TUI) $(ALL_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lcmocka -lvterm -lutil -o $@
$(B)/tests/tui/story_test $(B)/tests/tui/whole_story_test: | $(B)/orrery

UNITS := $(foreach r,$(UNIT_ROOMS) TUI,$(UNIT_$(r)))

.PHONY: unit
unit: $(UNITS) ## build and run the unit tests
	@sh tests/support/run-unit.sh $(UNITS)

.PHONY: lint
lint: ## check the house's laws: includes, homes of libraries, silence of the core, lengths
	@sh tests/lint/selftest.sh
	@CC="$(CC)" sh tests/lint/lint.sh . $(CPPFLAGS)

$(B)/variants: tests/support/variants.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 $< -o $@

$(B)/show_plots: $(B)/tests/support/show_plots.o $(call archives,$(TEST_PLOT))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

.PHONY: cli test
cli: all $(B)/variants ## run the program from outside: exit status, hostile input, replay
	@sh tests/cli/run.sh $(B)/orrery

.PHONY: check-asan check-tsan check-valgrind cover fuzz
check-asan: ## unit tests and the program from outside, under the address and undefined-behaviour sanitizers
	@ASAN_OPTIONS=detect_leaks=1:exitcode=99 UBSAN_OPTIONS=halt_on_error=1 CLI_SLOW=3 PEAK_KB=3000000 \
	  $(MAKE) --no-print-directory MODE=asan unit fuzz-replay cli

check-tsan: ## unit tests under the thread sanitizer
	@TSAN_OPTIONS="suppressions=$(CURDIR)/tests/support/tsan.supp" $(MAKE) --no-print-directory MODE=tsan unit

check-valgrind: $(UNITS) ## unit tests under valgrind
	@UNIT_RUNNER="valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite" \
	  OPENBLAS_CORETYPE=Haswell UNIT_SECONDS=3000 sh tests/support/run-unit.sh $(UNITS)

cover: ## how much of the core the unit tests reach (needs gcov)
	@$(MAKE) --no-print-directory MODE=cover unit && sh tests/support/cover.sh build/cover

FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SECONDS ?= 60
fuzz: ## fuzz every reader of hostile input for FUZZ_SECONDS each (needs clang)
	@for f in $(FUZZERS); do sh tests/fuzz/fuzz.sh $$f $(FUZZ_SECONDS) || exit 1; done

$(B)/fuzz/%: $(B)/tests/fuzz/%_fuzz.o $(call archives,$(TEST_LUA))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) -o $@

REPLAYS := $(FUZZERS:%=$(B)/replay/%)
$(REPLAYS): $(B)/replay/%: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/replay.o $(call archives,$(TEST_LUA))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

.PHONY: fuzz-replay
fuzz-replay: $(REPLAYS) ## feed the fuzzers' seeds and finds to their targets (any compiler)
	@for f in $(FUZZERS); do \
	  if $(B)/replay/$$f tests/fuzz/corpus/$$f tests/fuzz/finds/$$f >$(B)/replay/$$f.log 2>&1; \
	  then echo "ok fuzz/$$f ($$(tail -n 1 $(B)/replay/$$f.log))"; \
	  else echo "FAILED fuzz/$$f:"; tail -n 20 $(B)/replay/$$f.log; exit 1; fi; done

.PHONY: golden
golden: all ## shipped recipes against kept numbers (UPDATE=1 writes them anew)
	@sh tests/golden/run.sh $(B)/orrery

test: lint unit fuzz-replay golden cli ## everything that proves correctness
	@echo "all passed"
