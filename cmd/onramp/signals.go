package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"onramp/internal/term"
)

// signalled is the cause of a context that a signal has ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return s.Signal.String() }

// sameSignal is how long further signals count as the first one: GNU timeout sends its signal to the process and to
// its group, and a terminal that closes sends SIGHUP from the kernel and from the shell.
const sameSignal = 100 * time.Millisecond

// catchSignals is the only handler of signals. The first one ends ctx, with a signalled as its cause; a second one
// closes again. SIGPIPE is taken and dropped: Go would end the program at a write to a closed pipe, in the middle of a run.
// Ignored, it would be so in child processes, too.
func catchSignals() (ctx context.Context, again <-chan struct{}, stop func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
	}
	received := make(chan os.Signal, 8)
	signal.Notify(received, signals...)
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(context.Background())
	second, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer cancel(context.Canceled)
		var first time.Time
		for {
			select {
			case <-ended:
				return
			case s := <-received:
				switch {
				case first.IsZero():
					first = time.Now()
					cancel(signalled{s})
				case time.Since(first) > sameSignal:
					close(second)
					return
				}
			}
		}
	}()
	return ctx, second, func() {
		signal.Stop(received)
		signal.Stop(pipes)
		close(ended)
	}
}

// output is standard output. Who reads a pipe may stop at any time: what is written after that is dropped, which is no
// failure of the command.
type output struct{ io.Writer }

// Write implements io.Writer.
func (o output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// wasSignalled says that a signal has ended a context.
func wasSignalled(ctx context.Context) bool {
	_, is := context.Cause(ctx).(signalled)
	return is
}

// unlessInterrupted does what cannot be interrupted itself, such as a read of a terminal, and waits for it no longer
// than ctx.
func unlessInterrupted[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	}
}

// readLine reads the answer to a question. The end of the input interrupts, as a signal does.
func (a *app) readLine() (string, error) {
	if term.Background(a.in) {
		return "", errBackground
	}
	line, err := unlessInterrupted(a.cmd.Context(), func() (string, error) { return bufio.NewReader(a.in).ReadString('\n') })
	if err != nil {
		fmt.Fprintln(a.errOut) // the question has no line feed
	}
	switch {
	case errors.Is(err, io.EOF):
		return "", errInterrupted
	case err != nil && !errors.Is(err, errInterrupted):
		return "", fmt.Errorf("read answer: %w", err)
	}
	return line, err
}

var errBackground = &hinted{errors.New("cannot ask: onramp runs in the background"), "start it in the foreground"}

// emergency is what must be done when the program ends at once: the terminal is set back, a child is ended.
type emergency struct {
	mu sync.Mutex
	do func()
}

func (e *emergency) set(do func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.do = do
}

func (e *emergency) handle() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.do != nil {
		e.do()
	}
}
