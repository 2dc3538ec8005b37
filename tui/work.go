package tui

import "sync"

// work is what the engine does for a page. It runs in a command, and may outlast the screens.
type work struct {
	mu     sync.Mutex
	begun  bool
	barred bool          // the screens were closed before it began
	done   chan struct{} // closed when the engine has returned
	end    conclusion    // read after done
}

// conclusion is how the work of the engine ended.
type conclusion interface{ settle(w *Wizard) }

func newWork() *work { return &work{done: make(chan struct{})} }

// begin says whether the work may begin.
func (k *work) begin() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.begun = !k.barred
	return k.begun
}

func (k *work) finish(c conclusion) {
	k.end = c
	close(k.done)
}

// working says that the work has begun and has not ended. No work is nil.
func (k *work) working() bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.done:
		return false
	default:
		return k.begun
	}
}

// wait waits for the end; nil where there was no work, or nobody waits. Work that has not begun by now never does.
func (k *work) wait(hurried bool) conclusion {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	k.barred = true
	begun := k.begun
	k.mu.Unlock()
	if !begun {
		return nil
	}
	if hurried {
		select {
		case <-k.done:
		default:
			return nil
		}
	}
	<-k.done
	return k.end
}
