# The work is in scripts/ and in the go command; these are short names for it.
.PHONY: build test prove lint bench measure startup pictures golden release-check

build:         ; scripts/build bin/onramp
test:          ; scripts/test
prove:         ; scripts/prove
lint:          ; @command -v golangci-lint >/dev/null || { echo 'install it: go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2'; exit 1; }; golangci-lint run
bench:         ; go test -bench . -benchmem -run '^$$' ./...
measure:       ; scripts/measure
startup:       ; scripts/startup
pictures:      ; scripts/pictures
golden:        ; go test ./tui ./render/... ./cmd/... -update
release-check: ; @command -v goreleaser >/dev/null || { echo 'install it: go install github.com/goreleaser/goreleaser/v2@v2.16.0'; exit 1; }; goreleaser check
