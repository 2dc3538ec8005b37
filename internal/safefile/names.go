package safefile

import (
	"regexp"
	"strings"
	"sync"
)

// devices are names that Windows keeps for itself, in every folder and with every ending
// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
var devices = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?$`)
})

// portable says that a name with slashes is a file's on Windows, too: without characters that it does not allow, and
// without a blank or a dot at an end, which it takes away.
func portable(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.ContainsAny(part, `<>:"\|?*`) || strings.ContainsFunc(part, func(r rune) bool { return r < ' ' }) ||
			strings.HasSuffix(part, ".") && part != "." || strings.HasSuffix(part, " ") || devices().MatchString(part) {
			return false
		}
	}
	return true
}
