package testenv

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// oldAWS says why the AWS CLI that comes first on PATH cannot be used with a stand-in for AWS; "" : it can.
var oldAWS = sync.OnceValue(func() string {
	out, err := exec.Command("aws", "--version").CombinedOutput()
	if err != nil {
		return "the AWS CLI does not run: " + err.Error()
	}
	if !readsEndpoint(string(out)) {
		return strings.TrimSpace(string(out)) + " does not read AWS_ENDPOINT_URL"
	}
	return ""
})

// readsEndpoint says whether a version of the AWS CLI reads AWS_ENDPOINT_URL: 1.29.0, 2.13.0 and later do
// (https://github.com/aws/aws-cli/blob/develop/CHANGELOG.rst, https://github.com/aws/aws-cli/blob/v2/CHANGELOG.rst).
func readsEndpoint(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "aws-cli/%d.%d.", &major, &minor); n < 2 {
		return false
	}
	return major > 2 || minor >= map[int]int{1: 29, 2: 13}[major]
}

// AWS calls Missing unless there is an AWS CLI that reads AWS_ENDPOINT_URL: an older one would call AWS itself.
func AWS(t testing.TB) {
	t.Helper()
	Tool(t, "aws", "pip install awscli")
	if why := oldAWS(); why != "" {
		Missing(t, why+": pip install awscli")
	}
}
