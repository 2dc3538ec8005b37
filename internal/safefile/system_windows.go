package safefile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// NoFollow opens a symbolic link itself, which is no ordinary file, and not what it leads to.
const NoFollow = windows.FILE_FLAG_OPEN_REPARSE_POINT

// HasModes says that a mode does not tell who may read a file: an access list does, see OwnerOnly.
const HasModes = false

// OwnerOnly leaves a file or a folder to its owner, to the system and to administrators, with all that is created in a
// folder later: a mode says nothing here. A file system without access lists, such as FAT, has nothing of the kind.
func OwnerOnly(path string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	// https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
	const all = "(A;OICI;FA;;;"
	list, err := windows.SecurityDescriptorFromString("D:P" + all + user.User.Sid.String() + ")" + all + "SY)" + all + "BA)")
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	f, err := windows.CreateFile(name, windows.WRITE_DAC, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return err
	}
	err = windows.SetKernelObjectSecurity(f, windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, list)
	if errors.Is(err, windows.ERROR_NOT_SUPPORTED) || errors.Is(err, windows.ERROR_INVALID_FUNCTION) {
		err = nil
	}
	return errors.Join(err, windows.CloseHandle(f))
}

// inUse says that an error is for the moment only: another process has the file open. To replace such a file is
// answered with "access denied", as what is not allowed is.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

func defaultState() (string, error) {
	state := os.Getenv("LocalAppData")
	if !filepath.IsAbs(state) {
		return "", fmt.Errorf("find state folder: %%LocalAppData%% is %q", state)
	}
	return state, nil
}
