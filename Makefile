# make        build/bin/shenbao and its links        make demo    a whole sample package, in out/demo/
# make check  all tests                               make deps    what is missing, by apt-get (root); deps-check: and for the tests
# make check-san   all tests under ASan and UBSan     make check-long   with more and larger inputs
# make check-faults  every call fails once, and kills (15 minutes); PART=2/100: other programs and calls, PART=1/1: all (hours)
# make check-ci  check, and what .ci/run does beside it
# make fuzz TIME= DOOR=   each door of tests/fuzz/ so many seconds      make fuzz-keep  what it reached becomes the corpus
# make mutants N= SEED=   so many faults put into the code: which of them no test sees
# make check-desk  the desk in a real browser and behind nginx (installs chromium, nginx-light, acorn)
# make coverage    what the tests reach               make bind-corpus DIR=   PDFs and pictures bound, and compared with themselves
# make bench  what a document costs, and its peers'     make bench-save, then bench-compare: what a change did to that
# make format, make clean, make install PREFIX= DESTDIR=
# make deb    a Debian package, in $(BUILD)/           make pictures   those of README.md, from the samples
# CC, CFLAGS, CPPFLAGS, LDFLAGS, PKG_CONFIG, PYTHON, PREFIX, DESTDIR and BUILD are honoured.

BUILD      ?= build
PREFIX     ?= /usr/local
PKG_CONFIG ?= pkg-config
# Debian's, whose packages hold the modules that the tests read with; another one may stand first on PATH.
PYTHON     ?= /usr/bin/python3
CFLAGS     ?= -O2 -g
ABSBUILD    = $(if $(filter /%,$(BUILD)),$(BUILD),$(CURDIR)/$(BUILD))
DATADIR     = $(PREFIX)/share/shenbao
MANDIR      = $(PREFIX)/share/man
DOCDIR      = $(PREFIX)/share/doc/shenbao

STD  = -std=c17 -D_XOPEN_SOURCE=700
WARN = -Wall -Wextra -Wpedantic -Werror
PKGS = libxml-2.0 xlsxwriter libzip libpng libjpeg freetype2 icu-uc icu-i18n libdeflate zlib nettle
# Loaded only when a PDF is opened (media/qpdf.c), and by the desk (desk/microhttpd.c), under the names of the libraries whose headers are read: libqpdf.so.29
LATE = libqpdf libmicrohttpd

# What Debian 12 must have to build, to draw and to install; and to test.
PACKAGES = gcc libc6-dev make pkg-config libhpdf-dev libxml2-dev libpng-dev libjpeg-dev libqpdf-dev libxlsxwriter-dev libzip-dev libmicrohttpd-dev libfreetype-dev \
	libicu-dev libdeflate-dev zlib1g-dev nettle-dev python3 dpkg-dev man-db poppler-data \
	fonts-noto-cjk fonts-noto-cjk-extra fonts-lxgw-wenkai fonts-babelstone-han fonts-hanazono
TEST_PACKAGES = libcmocka-dev python3-jsonschema python3-openpyxl parallel busybox qpdf poppler-utils mupdf-tools libxml2-utils libreoffice-calc \
	zsh fish
# A print server, a cluster and a Debian of the tests' own: daemons are nothing to install for the others.
LONG_PACKAGES = cups-daemon cups-client slurmctld slurmd slurm-client munge debootstrap
BENCH_PACKAGES = python3-reportlab
DESK_PACKAGES = chromium chromium-driver python3-selenium nginx-light openssl node-acorn
FUZZ_PACKAGES = clang libclang-rt-14-dev qpdf poppler-utils
FANDOL = fonts/free/FandolFang-Regular.otf

# The rows of the table in main.c, and the papers of all profiles.
PROGRAMS = $(shell sed -n 's/^    {"\([a-z-]*\)",.*/\1/p' generators/programs/main.c; \
	sed -n 's/^ *<paper name="\([a-z-]*\)".*/\1/p' templates/*/package.xml | sort -u)
SOURCES  = $(wildcard generators/*/*.c)
OBJECTS  = $(SOURCES:generators/%.c=$(BUILD)/obj/%.o)
LIBRARY  = $(BUILD)/libshenbao.a
BENCHES  = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
DOORS    = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
UNITS    = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

# Asked of pkg-config when a compiler runs, not when make reads this: make deps may have to bring pkg-config first.
PKG_CFLAGS = $$($(PKG_CONFIG) --cflags $(PKGS) $(LATE))
PKG_LIBS   = $$($(PKG_CONFIG) --libs $(PKGS)) -lhpdf -lm
LATE_LIBS  = $$($(PKG_CONFIG) --libs $(LATE))
late_name  = $$(readelf -d "$$($(PKG_CONFIG) --variable=libdir $(1))/$(1).so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')

# The commit behind the number of version.h, where this is a checkout of git by itself and no folder in another's.
COMMIT := $(shell { test -e .git && git log -1 --format=+$$(git rev-list --count HEAD).g%h; } 2>/dev/null)

DIR  ?= samples
TIME ?= 60
DOOR ?=
N    ?= 200
SEED ?= 1
SAVED ?= build-saved

.PHONY: all always units deps deps-check demo pictures check check-ci check-san check-long check-faults check-desk desk-packages coverage fuzz fuzz-keep fuzz-doors mutants bench bench-save bench-compare deps-bench bind-corpus format clean install deb
.DELETE_ON_ERROR:

all: $(BUILD)/bin/shenbao

$(BUILD)/bin/shenbao: $(OBJECTS)
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
	@for p in $(PROGRAMS); do ln -sf shenbao $(@D)/shenbao-$$p; done

# All but main, for tests and benches.
$(LIBRARY): $(filter-out $(BUILD)/obj/programs/main.o,$(OBJECTS))
	@rm -f $@
	@echo "AR $@"
	@$(AR) rcs $@ $^

$(BUILD)/obj/%.o: generators/%.c
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(STD) $(WARN) $(CFLAGS) $(DEFINES) $(CPPFLAGS) -Igenerators $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

# Written anew by another commit alone.
$(BUILD)/commit: always
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' > $@

$(BUILD)/obj/core/version.o: DEFINES = -DCOMMIT="\"$(COMMIT)\""
$(BUILD)/obj/core/version.o: $(BUILD)/commit
$(BUILD)/obj/media/qpdf.o: DEFINES = -DQPDF_LIBRARY="\"$(call late_name,libqpdf)\""
$(BUILD)/obj/desk/microhttpd.o: DEFINES = -DMICROHTTPD_LIBRARY="\"$(call late_name,libmicrohttpd)\""

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(STD) $(WARN) $(CFLAGS) $(CPPFLAGS) -Igenerators $(PKG_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(LIBRARY) $(PKG_LIBS) $(LATE_LIBS) -lcmocka

$(BUILD)/bench/%: tests/bench/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(STD) $(WARN) $(CFLAGS) $(CPPFLAGS) -Igenerators $(PKG_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(LIBRARY) $(PKG_LIBS)

# What all fuzz targets share, and who calls them: libFuzzer, or a main of ours that replays.
DOOR_MAIN    ?= replay
DOOR_OBJECTS = $(patsubst %,$(BUILD)/fuzz/obj/%.o,$(filter-out replay fuzz_%,$(notdir $(basename $(wildcard tests/fuzz/*.c)))) $(DOOR_MAIN))

.SECONDARY: $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/obj/%.o,$(wildcard tests/fuzz/*.c))
$(BUILD)/fuzz/obj/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(STD) $(WARN) $(CFLAGS) $(CPPFLAGS) -Igenerators $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

# What a door does once that the programs do each time.
$(BUILD)/fuzz/record $(BUILD)/fuzz/join $(BUILD)/fuzz/sheets: DOOR_WRAPS = -Wl,--wrap=xml_document,--wrap=xmlFreeDoc,--wrap=xmlSchemaParse,--wrap=xmlSchemaFree,--wrap=vocabulary_new
$(BUILD)/fuzz/papers: DOOR_WRAPS = -Wl,--wrap=xml_document,--wrap=xmlFreeDoc,--wrap=xmlSchemaParse,--wrap=xmlSchemaFree,--wrap=vocabulary_new,--wrap=media_open
$(BUILD)/fuzz/template: DOOR_WRAPS = -Wl,--wrap=xml_parse_file
# What it does not do at all.
$(BUILD)/fuzz/desk: DOOR_WRAPS = -Wl,--wrap=bind,--wrap=listen

$(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/fuzz_%.o $(DOOR_OBJECTS) $(LIBRARY)
	@echo "LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $(DOOR_FLAGS) $(DOOR_WRAPS) -o $@ $^ $(PKG_LIBS)

# Packages that are missing are installed by root, and named to others.
define get
@missing=; for p in $(1); do \
  dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -Eq '^(installed|triggers-(awaited|pending))$$' || missing="$$missing $$p"; done; \
if [ -n "$$missing" ]; then \
  if [ $$(id -u) != 0 ]; then echo "missing packages; run: sudo apt-get install -y$$missing" >&2; exit 1; fi; \
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; fi
@test -s $(FANDOL) || sh fonts/get-fandolfang.sh
endef

deps:
	$(call get,$(PACKAGES))

deps-check:
	$(call get,$(PACKAGES) $(TEST_PACKAGES))

deps-bench:
	$(call get,$(PACKAGES) $(TEST_PACKAGES) $(BENCH_PACKAGES))

demo: deps
	@$(MAKE) --no-print-directory all
	@rm -rf out/demo
	$(BUILD)/bin/shenbao package samples/batch.xml -o out/demo/
	@echo "made in out/demo/, from samples/batch.xml:"
	@find out/demo -name '*.pdf' -o -name '*.xlsx' | LC_ALL=C sort | sed 's/^/  /'
	@echo "  out/demo/report.html    what was checked and made, for a browser"
	@echo "  out/demo/print/         print runs, their list, and a script for lp"

# The pictures of README.md, which are committed.
pictures: all
	$(PYTHON) samples/make-pictures.py

# What needs nothing but its own build.
units: $(UNITS) $(DOORS)

check: deps-check
	@$(MAKE) --no-print-directory all units
	$(PYTHON) tests/run.py $(BUILD)

# gcc takes the sanitizer's own null checks for a null format: -Wno-format-truncation.
SAN = BUILD=build-san CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -Wno-format-truncation" LDFLAGS="-fsanitize=address,undefined"
SAN_LEAKS = LSAN_OPTIONS="suppressions='$(CURDIR)/tests/lsan.supp':print_suppressions=0"

check-san: deps-check
	@$(SAN_LEAKS) $(MAKE) --no-print-directory check $(SAN)

# All tests, the desk in a browser, clang's warnings, and what needs no program once more under ASan and UBSan.
check-ci: deps-check
	-@$(MAKE) --no-print-directory desk-packages DESK_PACKAGES="$(DESK_PACKAGES) clang"
	@$(MAKE) --no-print-directory all units
	@$(MAKE) --no-print-directory units $(SAN)
	@$(SAN_LEAKS) $(PYTHON) tests/run.py $(BUILD) --also build-san

# A machine that fails, call by call: each place that reads, writes or allocates in one program, and a part of the rest;
# a share of it is in check.
PART ?= 1/150
check-faults: deps-check
	@$(MAKE) --no-print-directory all
	$(PYTHON) tests/run.py $(BUILD) blackbox_faults
	$(PYTHON) tests/faults/walk.py $(BUILD) --part $(PART)
	$(PYTHON) tests/faults/desk_walk.py $(BUILD) --part 1/6

# What the tests reach of each module.
coverage: deps-check
	@rm -rf build-cov
	-@$(MAKE) --no-print-directory check BUILD=build-cov CFLAGS="-O1 -g --coverage -fprofile-update=atomic -DCOUNT_COVERAGE" LDFLAGS=--coverage
	$(PYTHON) tests/coverage.py build-cov

# The desk in a real browser; what is absent skips it by name.
desk-packages:
	$(call get,$(DESK_PACKAGES))

check-desk: deps-check
	-@$(MAKE) --no-print-directory desk-packages
	@$(MAKE) --no-print-directory all
	$(PYTHON) tests/run.py $(BUILD) desk_script desk_nginx desk_browser desk_access

# The same tests with more and larger inputs, and the fuzz targets as clang builds them.
check-long: deps-check
	$(call get,$(LONG_PACKAGES))
	@$(MAKE) --no-print-directory fuzz-doors
	@SHENBAO_LONG=1 $(MAKE) --no-print-directory check

# The doors with libFuzzer in place of our main. clang does not say __SANITIZE_ADDRESS__ by itself. The libraries are
# Debian's: nothing in them is instrumented; for those that are, -rdynamic shows them the run-time library.
FUZZ = BUILD=build-fuzz CC=clang DOOR_MAIN= DOOR_FLAGS=-fsanitize=fuzzer \
	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -D__SANITIZE_ADDRESS__" \
	LDFLAGS="-fsanitize=address,undefined -rdynamic"

fuzz-doors:
	$(call get,$(PACKAGES) $(FUZZ_PACKAGES))
	@$(MAKE) --no-print-directory $(FUZZ) $(DOORS:$(BUILD)/%=build-fuzz/%)

fuzz: fuzz-doors
	$(PYTHON) tests/fuzz/run.py build-fuzz $(TIME) $(DOOR)

fuzz-keep: fuzz-doors
	$(PYTHON) tests/fuzz/run.py --keep build-fuzz $(DOOR)

mutants: deps-check
	@$(MAKE) --no-print-directory all $(UNITS)
	nice -n 5 $(PYTHON) tests/mutants.py $(N) $(SEED)

bench: deps-bench
	@$(MAKE) --no-print-directory all $(BENCHES)
	$(PYTHON) tests/bench/papers.py $(BUILD)
	$(PYTHON) tests/bench/package.py $(BUILD)
	$(PYTHON) tests/bench/roster.py $(BUILD)
	$(PYTHON) tests/bench/workbook.py $(BUILD)
	$(PYTHON) tests/bench/dossier.py $(BUILD)
	$(PYTHON) tests/bench/table.py $(BUILD)

# This build, kept to be measured beside a later one; and both in turns.
bench-save: all
	@rm -rf $(SAVED)
	@$(MAKE) --no-print-directory -s install DESTDIR= PREFIX="$(abspath $(SAVED))"
	@echo "kept in $(SAVED)"

bench-compare: deps-bench
	@test -x $(SAVED)/bin/shenbao || { echo "first, with the code as it was: make bench-save" >&2; exit 1; }
	@$(MAKE) --no-print-directory all
	$(PYTHON) tests/bench/table.py $(BUILD) --saved $(SAVED)

bind-corpus: deps-check
	@$(MAKE) --no-print-directory all
	@SHENBAO_BUILD=$(abspath $(BUILD)) $(PYTHON) tests/bind_corpus.py $(DIR)

format:
	clang-format -i generators/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch]

clean:
	rm -rf build build-saved build-san build-cov build-fuzz build-mutants out

# Any of these folders may have blanks in its name.
install: all
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(DATADIR)/templates" "$(DESTDIR)$(DATADIR)/fonts/free"
	install -m 755 "$(BUILD)/bin/shenbao" "$(DESTDIR)$(PREFIX)/bin/"
	for p in $(PROGRAMS); do ln -sf shenbao "$(DESTDIR)$(PREFIX)/bin/shenbao-$$p"; done
	install -m 644 templates/README.md "$(DESTDIR)$(DATADIR)/templates/"
	for d in templates/*/; do install -d "$(DESTDIR)$(DATADIR)/$$d"; install -m 644 $$d* "$(DESTDIR)$(DATADIR)/$$d"; done
	install -m 644 fonts/fonts.xml "$(DESTDIR)$(DATADIR)/fonts/"
	test ! -s $(FANDOL) || install -m 644 $(FANDOL) "$(DESTDIR)$(DATADIR)/fonts/free/"
	install -d "$(DESTDIR)$(MANDIR)" "$(DESTDIR)$(DOCDIR)/examples/cluster" "$(DESTDIR)$(DOCDIR)/examples/desk" "$(DESTDIR)$(DOCDIR)/examples/nightly"
	$(PYTHON) generators/man/make.py "$(BUILD)/bin/shenbao" "$(DESTDIR)$(MANDIR)"
	$(PYTHON) generators/packaging/completions.py "$(BUILD)/bin/shenbao" "$(DESTDIR)$(PREFIX)/share"
	install -m 644 README.md README.zh-CN.md generators/sheet/han-licences.txt "$(DESTDIR)$(DOCDIR)/"
	install -m 644 samples/cluster/* "$(DESTDIR)$(DOCDIR)/examples/cluster/"
	install -m 644 samples/desk/* "$(DESTDIR)$(DOCDIR)/examples/desk/"
	install -m 644 samples/nightly/* "$(DESTDIR)$(DOCDIR)/examples/nightly/"
	sed -i -e 's|^ExecStart=shenbao |ExecStart="$(PREFIX)/bin/shenbao" |' -e 's|^PATH=|PATH=$(PREFIX)/bin:|' "$(DESTDIR)$(DOCDIR)/examples/nightly"/*
	install -m 644 samples/batch.xml "$(DESTDIR)$(DOCDIR)/examples/"
	cd samples && find photos scans -type f -exec sh -c 'for f; do install -D -m 644 "$$f" "$$0/$$f"; done' "$(DESTDIR)$(DOCDIR)/examples" {} +

# The version of the program is what its -V says.
deb: deps
	@$(MAKE) --no-print-directory all
	@rm -rf "$(BUILD)/deb"
	@$(MAKE) --no-print-directory -s install DESTDIR="$(ABSBUILD)/deb" PREFIX=/usr
	@sh generators/packaging/make-deb.sh "$(ABSBUILD)/deb" "$(ABSBUILD)" $(LATE_LIBS)

-include $(OBJECTS:.o=.d) $(UNITS:=.d) $(BENCHES:=.d) $(wildcard $(BUILD)/fuzz/obj/*.d)
