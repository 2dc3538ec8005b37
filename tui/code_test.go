package tui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// device is a request for a code.
var device = CodeRequest{Device: "arn:aws:iam::111122223333:mfa/alice", Profile: "admin"}

// asking are the options of a wizard whose port asks for a code before it says who calls.
func asking(t *testing.T, w *world, got *[]string) Options {
	o := alone(t, w)
	w.who, w.whoErr = ann, nil
	o.Codes = NewCodes(t.Context())
	identify := o.Port.Identify
	o.Port.Identify = func(ctx context.Context) (Identity, error) {
		r := device
		for {
			code, err := o.Codes.Ask(context.WithoutCancel(ctx), r)
			if err != nil {
				return Identity{}, &refusedCode{err}
			}
			if *got = append(*got, code); code == "123456" {
				return identify(ctx)
			}
			r.Reason = "MultiFactorAuthentication failed with invalid MFA one time pass code."
		}
	}
	return o
}

// refusedCode is what the adapter of AWS makes of it.
type refusedCode struct{ err error }

func (e *refusedCode) Error() string {
	return "no usable AWS credentials: profile admin needs a code: " + e.err.Error()
}
func (e *refusedCode) NoCredentials() bool { return true }
func (e *refusedCode) ErrorHint() string   { return "try: aws sso login --profile admin" }

func TestCodeIsAskedForOnTheStartPage(t *testing.T) {
	bubble(t, "a wrong form, a wrong code, the right one", func(t *testing.T) {
		var got []string
		s := show(t, asking(t, &world{}, &got), size{80, 24})
		defer s.close()
		s.has("MFA code of arn:aws:iam::111122223333:mfa/alice (profile admin)", "enter continue", "esc cancel", "Redshift ML")
		s.keys("9") // meant for the page that was there
		s.wait(time.Second)
		s.keys("12a45", "enter")
		s.has("✗ a code has 6 digits", "› 12a45")
		s.keys("ctrl+u", "654 321", "enter")
		s.has("✗ MultiFactorAuthentication failed")
		s.lacks("654")
		s.keys("123456", "enter")
		s.has("111122223333 · us-east-1", "Enter begins")
		s.lacks("MFA code", "123456")
		if strings.Join(got, " ") != "654321 123456" {
			t.Errorf("the codes were %q", got)
		}
	})
	bubble(t, "it may take its time", func(t *testing.T) {
		var got []string
		s := show(t, asking(t, &world{}, &got), usual)
		defer s.close()
		s.wait(10 * time.Minute)
		s.keys("123456", "enter")
		s.has("111122223333 · us-east-1")
	})
	bubble(t, "esc leaves the other ways, and it can be tried again", func(t *testing.T) {
		var got []string
		s := show(t, asking(t, &world{}, &got), size{80, 24})
		defer s.close()
		s.wait(time.Second)
		s.keys("esc")
		s.has("No usable AWS credentials: profile admin needs a code", "Try: aws sso login --profile admin", "Use the practice account", "Go on offline", "Try again")
		s.lacks("MFA code")
		s.keys("down", "down", "enter")
		s.has("MFA code")
		s.wait(time.Second)
		s.keys("123456", "enter")
		s.has("111122223333 · us-east-1")
	})
	bubble(t, "there is room on the smallest screen", func(t *testing.T) {
		var got []string
		s := show(t, asking(t, &world{}, &got), size{40, 10})
		defer s.close()
		sound(t, s, size{40, 10})
		s.wait(time.Second)
		s.keys("1", "enter")
		s.has("MFA code", "a code has 6 digits", "enter continue")
	})
}

// inTheMiddle is an engine whose credentials expire before the second resource.
func inTheMiddle(t *testing.T, w *world) Options {
	o := quick(t, w)
	o.Codes = NewCodes(t.Context())
	w.run = func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
		var res apply.Result
		for i, r := range p.Resources {
			e := apply.Event{Resource: r.ID, Label: r.Spec.Label(), State: apply.Started}
			emit(e)
			if i == 1 {
				if _, err := o.Codes.Ask(context.WithoutCancel(ctx), device); err != nil {
					e.State = apply.Failed
					emit(e)
					res.Failed = append(res.Failed, r.ID)
					return res, &refusedCode{err}
				}
			}
			e.State = apply.Changed
			emit(e)
			res.Changed = append(res.Changed, r.ID)
		}
		return res, nil
	}
	return o
}

func TestCodeIsAskedForInTheMiddleOfARun(t *testing.T) {
	start := func(t *testing.T) *screen {
		w := &world{}
		s := show(t, inTheMiddle(t, w), usual)
		s.until("Review · plan")
		s.keys("a", ann.Account, "enter")
		s.has("MFA code of arn:aws:iam::111122223333:mfa/alice", "Applying · 1 of")
		return s
	}
	bubble(t, "the run waits, and the clock goes on", func(t *testing.T) {
		s := start(t)
		defer s.close()
		s.wait(41 * time.Second)
		s.has("MFA code", "Applying · 1 of", "41 s")
		s.keys("123456", "enter")
		s.has("Done")
	})
	bubble(t, "esc ends the run", func(t *testing.T) {
		s := start(t)
		defer s.close()
		s.wait(time.Second)
		s.keys("esc")
		s.wait(time.Second)
		s.has("needs a code: no code was given", "try: aws sso login --profile admin", "onramp apply redshift-ml")
	})
	bubble(t, "ctrl+c ends it too", func(t *testing.T) {
		s := start(t)
		defer s.close()
		s.wait(time.Second)
		s.keys("ctrl+c")
		s.wait(time.Second)
		s.lacks("MFA code")
		s.keys("enter")
		if out := s.ended(); out.Ending != Interrupted || len(out.Result.Changed) != 1 {
			t.Errorf("%+v", out)
		}
	})
}

func TestCodeIsAskedForOnALine(t *testing.T) {
	bubble(t, "a wrong form, a wrong code, the right one", func(t *testing.T) {
		var got []string
		var out bytes.Buffer
		if _, err := Plain(t.Context(), asking(t, &world{}, &got), strings.NewReader(lines("12", "654321", "123456")), &out); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"MFA code of arn:aws:iam::111122223333:mfa/alice (profile admin), < cancels: ", "✗ a code has 6 digits", "✗ MultiFactorAuthentication failed", "Account: 111122223333"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is missing:\n%s", want, out.String())
			}
		}
	})
	bubble(t, "given up", func(t *testing.T) {
		var got []string
		var out bytes.Buffer
		if _, err := Plain(t.Context(), asking(t, &world{}, &got), strings.NewReader(lines("<", "3", "123456")), &out); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, "How to go on without credentials?") || !strings.Contains(text, "Account: 111122223333") {
			t.Error(text)
		}
	})
}

func TestCodesEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	codes := NewCodes(ctx)
	end()
	if _, err := codes.Ask(t.Context(), device); !errors.Is(err, ErrNoCode) {
		t.Error(err)
	}
	var none *Codes
	if none.open() || none.next(t.Context()) != nil {
		t.Error("there are codes")
	}
}

func TestRegionThatMayBeATypingError(t *testing.T) {
	const warning = `Warning: "us-esat-1" is not a region that onramp knows; did you mean us-east-1?`
	bubble(t, "on the screen", func(t *testing.T) {
		s := show(t, offlineOptions(&world{}), usual)
		defer s.close()
		s.keys("enter", ann.Account, "enter", "us-esat-1", "enter")
		s.has(warning, "What will run CREATE MODEL")
	})
	bubble(t, "on a line", func(t *testing.T) {
		var out bytes.Buffer
		if _, err := Plain(t.Context(), offlineOptions(&world{}), strings.NewReader(lines(ann.Account, "us-esat-1")), &out); err != nil {
			t.Fatal(err)
		}
		if text := strings.ReplaceAll(out.String(), "\n", " "); !strings.Contains(text, warning) {
			t.Error(text)
		}
	})
}
