# Orrery. `make help` lists the targets; V=1 shows the commands; MODE=debug|asan|tsan|cover picks a build.
MODE   ?= release
B      := build/$(MODE)
CC     ?= cc
Q      := $(if $(V),,@)
say     = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

ROOMS  := base num data grad metric model run explain plot session
LIBS   := libxxhash libcjson nlopt openblas lapacke sqlite3 lua5.4 hdf5-serial libdeflate liblzf libseccomp sleef ncursesw
LOADED := xgboost # when it is first needed; only its header is here
# libcsv and Random123 have no pkg-config file: a header and link probe is in `make deps`
CFLAGS_release := -O2 -g
CFLAGS_debug   := -O0 -g3
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_tsan    := -O1 -g -fsanitize=thread
CFLAGS_cover   := -O0 -g --coverage
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wformat=2 \
          $(if $(or $(CI),$(WERROR)),-Werror)
CFLAGS += -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS_$(MODE)) -ffp-contract=off -fno-math-errno -pthread -fPIE
CPPFLAGS += -Icore -I. $(shell pkg-config --cflags $(LIBS) $(LOADED) 2>/dev/null)
LDFLAGS  += $(CFLAGS_$(MODE)) -pthread -pie
LDLIBS   += $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lcsv -lm
VERSION  := 0.1.0

prefix  ?= /usr/local
DATADIR ?= $(abspath .)

archives = $(patsubst %,$(B)/lib%.a,$(1))
sources  = $(wildcard core/$(1)/*.c core/$(1)/*/*.c)
ALL_LIBS := $(call archives,app lua session plot explain run model metric grad data num base)

.DEFAULT_GOAL := all
.PHONY: all
all: $(B)/orrery $(B)/orrery-bench ## build the program (build/release/orrery)

include tests/tests.mk

define room_rule
OBJ_$(1) := $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))
$(B)/lib$(1).a: $$(OBJ_$(1))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && ar qcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

OBJ_lua := $(patsubst %.c,$(B)/%.o,$(wildcard lua/*.c))
OBJ_app := $(patsubst %.c,$(B)/%.o,$(filter-out app/main.c,$(wildcard app/*.c app/*/*.c app/*/*/*.c)))
$(B)/liblua.a: $(OBJ_lua)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^
$(B)/libapp.a: $(OBJ_app)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar qcs $@ $^

$(B)/%.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DORR_VERSION='"$(VERSION)"' -MMD -MP -c $< -o $@

# Its instruction levels are GCC's pragmas; the fuzzers, which clang builds, do not look into it.
build/fuzz/core/grad/vector_math.o: override CC = gcc
build/fuzz/core/grad/vector_math.o: CFLAGS_fuzz = -O1 -g

$(B)/app/place.o: CPPFLAGS += -DORR_DATADIR='"$(DATADIR)"'

$(B)/orrery: $(B)/app/main.o $(ALL_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

OBJ_bench := $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/*.c))
$(B)/orrery-bench: $(OBJ_bench) $(ALL_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

-include $(shell find build/$(MODE) -name '*.d' 2>/dev/null)

.PHONY: deps demo bench install clean help fmt
deps: ## install what is missing (Debian: apt-get; elsewhere: name the packages)
	@sh support/deps.sh

demo: deps ## install what is missing, build, and classify the bundled pulsar candidates
	@$(MAKE) --no-print-directory all
	@$(B)/orrery demo

bench: $(B)/orrery-bench ## measure speed: a line a figure
	@$(B)/orrery-bench gemm mlp_512 mlp_128 maf_512 nsf_512 vae_256 expression logistic boosted_trees random_forest knn bootstrap tui csv recipes/data/htru2.csv

install: all ## install into $(prefix) (DESTDIR honoured)
	$(Q)rm -f $(B)/installed/app/place.o # it holds DATADIR
	$(Q)$(MAKE) --no-print-directory B=$(B)/installed DATADIR=$(prefix)/share/orrery $(B)/installed/orrery
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/orrery/recipes/data
	install -m 755 $(B)/installed/orrery $(DESTDIR)$(prefix)/bin/orrery
	install -m 644 recipes/*.lua $(DESTDIR)$(prefix)/share/orrery/recipes
	install -d $(DESTDIR)$(prefix)/share/orrery/lua/orrery $(DESTDIR)$(prefix)/share/orrery/lua/gnuplot
	install -m 644 lua/orrery/*.lua $(DESTDIR)$(prefix)/share/orrery/lua/orrery
	install -m 644 lua/gnuplot/*.lua $(DESTDIR)$(prefix)/share/orrery/lua/gnuplot
	install -d $(DESTDIR)$(prefix)/share/orrery/themes
	install -m 644 themes/*.lua $(DESTDIR)$(prefix)/share/orrery/themes
	install -m 644 recipes/data/* $(DESTDIR)$(prefix)/share/orrery/recipes/data

clean: ## remove build/
	rm -rf build

fmt: ## format the sources with clang-format
	clang-format -i $(shell find core lua app tests -name '*.[ch]')

help: ## list the targets
	@grep -hE '^[a-z_-]+( [a-z_-]+)*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 36
