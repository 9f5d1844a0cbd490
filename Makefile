# One door to the project. `make` builds the programs, `make test` runs every lane, `make demo` shows the main job.
PREFIX ?= /usr/local
SOURCES := $(shell find src build -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name 'packages.lock.json' | grep -v -e /obj/ -e /bin/) \
           Directory.Build.props Directory.Packages.props global.json

.PHONY: all setup demo test test-pure test-kernel test-e2e test-vm conformance fuzz soak images bench lint install clean

all: out/.published

# One rule makes all files: the publishes share the libraries' obj folders, so they must not run at the same time.
out/.published: $(SOURCES)
	build/publish.sh out

setup:
	build/setup.sh build

demo:
	build/setup.sh build demo
	$(MAKE) all
	build/demo.sh

test:
	build/setup.sh build test
	$(MAKE) all
	tests/run.sh unit checks e2e

test-pure:
	build/setup.sh build
	tests/run.sh pure

test-kernel:
	build/setup.sh build test
	tests/run.sh unit

test-e2e:
	build/setup.sh build test
	$(MAKE) all
	tests/run.sh e2e

test-vm:
	build/setup.sh build test vm
	$(MAKE) all
	tests/run.sh vm

# the checks that take any runtime, of RUNTIME=sampan-oci, runc, crun or a path; docs/conformance.md has the results
RUNTIME ?= sampan-oci
conformance:
	build/setup.sh build test
	$(MAKE) all
	RUNTIME=$(RUNTIME) SAMPAN_TEST_FILES=conformance,security tests/run.sh e2e

# each fuzzer for FUZZ_SECONDS; what fails prints its SAMPAN_TEST_SEED, which can be given again
FUZZ_SECONDS ?= 300
fuzz:
	build/setup.sh build
	dotnet build tests/Sampan.Tests --nologo -v quiet
	SAMPAN_FUZZ_SECONDS=$(FUZZ_SECONDS) tests/Sampan.Tests/bin/Debug/net10.0/Sampan.Tests -class '*FuzzTests' -showLiveOutput -parallel none

soak:
	build/setup.sh build test
	$(MAKE) all
	SAMPAN_TEST_SLOWNESS=10 SAMPAN_TEST_KILL_ROUNDS=200 SAMPAN_TEST_STARTS=2000 SAMPAN_TEST_RACE_ROUNDS=100000 tests/run.sh e2e

images:
	build/setup.sh test
	tests/images/make-images.sh artifacts/images

bench:
	build/setup.sh build test bench
	$(MAKE) all
	bench/run.sh

lint:
	build/lint.sh

install: all
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 0755 out/sampan out/sampan-registry out/sampan-oci "$(DESTDIR)$(PREFIX)/bin/"

clean:
	rm -rf out
	find src tests -depth -type d \( -name bin -o -name obj \) -exec rm -rf {} +
