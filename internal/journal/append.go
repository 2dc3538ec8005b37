package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"onramp/internal/safefile"
)

// file is what of an os.File a journal needs.
type file interface {
	io.WriteCloser
	Sync() error
}

// encode makes a line of one of the line types.
func encode(line any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // people read it, and search it for "<" and "&"
	if err := e.Encode(line); err != nil {
		var inner *json.MarshalerError
		if errors.As(err, &inner) { // what it adds names types of ours
			err = inner.Err
		}
		return nil, err
	}
	return b.Bytes(), nil
}

// write appends a line, after the line of the run where that is not there yet. It returns once the
// line is on the disk. The lock is held.
func (j *Journal) write(line []byte) error {
	if j.closed {
		return j.failed(errClosed)
	}
	data := line
	if !j.told {
		run, err := encode(runFrom(j.run))
		if err != nil {
			return j.failed(err)
		}
		data = append(run, line...)
	}
	var err error
	if j.file == nil {
		err = j.begin(data)
	} else {
		err = j.append(data)
	}
	if err != nil {
		return j.failed(err)
	}
	j.told = true
	return nil
}

// append writes lines behind what is there. What a failed write has left of a line is closed by a line
// feed first, so that it spoils no other.
func (j *Journal) append(data []byte) error {
	if j.torn {
		data = append([]byte{'\n'}, data...)
	}
	n, err := j.file.Write(data)
	if n > 0 {
		j.torn = data[n-1] != '\n'
	}
	if err != nil {
		return err
	}
	return j.file.Sync()
}

// begin makes the file, with its first lines. Where that fails nothing was recorded, and no file
// remains.
func (j *Journal) begin(data []byte) error {
	header, err := encode(headerFrom(Header{Journal: format, Version: j.run.Version, Target: j.target, Created: j.run.Time}))
	if err != nil {
		return err
	}
	f, path, err := j.create()
	if err != nil {
		return err
	}
	_, err = f.Write(append(header, data...))
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncFolder(j.folder)
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return err
	}
	j.file, j.path = f, path
	return nil
}

// create makes an empty file under the first name that is free: two runs may begin in one second.
func (j *Journal) create() (*os.File, string, error) {
	for n := 1; ; n++ {
		path := j.name(n)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL|safefile.NoFollow, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		return f, path, err
	}
}

// nameTime is the time in the name of a file.
const nameTime = "20060102T150405Z"

func (j *Journal) name(n int) string {
	name := j.target.prefix() + "-" + j.run.Time.UTC().Format(nameTime)
	if n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return filepath.Join(j.folder, name+ending)
}

// failed names the file in an error.
func (j *Journal) failed(err error) error {
	path := j.path
	if path == "" {
		path = j.name(1)
	}
	return fmt.Errorf("write journal %s: %w", path, cause(err))
}

// now is when a run begins, as exactly as a line tells it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
