package apply_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

const imports = "../../testdata/answers/ai-unlimited-stack.yaml" // a plan that makes nothing but a key pair

// otherKey is the public key of the key pair that the practice account has.
const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"

// keyPairs counts the key pairs of a plan's name.
func (s *scene) keyPairs(t *testing.T, name string) int {
	t.Helper()
	n := 0
	for _, one := range s.asks(t, "ec2", "DescribeKeyPairs")["KeyPairs"].([]any) {
		if one.(map[string]any)["KeyName"] == name {
			n++
		}
	}
	return n
}

func keyPair(t *testing.T, p plan.Plan) kind.KeyPair {
	t.Helper()
	r, _ := p.Find("key-pair")
	k, is := r.Spec.(kind.KeyPair)
	if !is {
		t.Fatalf("%+v", r.Spec)
	}
	return k
}

// TestLostKeyPair: an answer that is lost, wherever it was lost, doubles nothing and is no failure, and undo takes the key
// pair away.
func TestLostKeyPair(t *testing.T) {
	p := built(t, imports)
	want, _, _ := undisturbed(t, p)
	for _, fault := range []string{"drop-before", "drop-after", "cut", "error-after", "error", "throttle"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, p, "ec2:ImportKeyPair "+fault+" nth=1", practice.Delays{})
				before := string(s.account.State())
				if _, err := s.apply(t, 0, false); err != nil {
					t.Fatal(err)
				}
				if s.keyPairs(t, keyPair(t, p).KeyName) != 1 || string(s.account.State()) != want {
					t.Error("another account than that of an undisturbed run")
				}
				s.undoesTo(t, before)
			})
		})
	}
}

// TestKeyPairWithAnotherKey is refused, whatever may be adopted: instances were started with it.
func TestKeyPairWithAnotherKey(t *testing.T) {
	for _, adopt := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := built(t, imports)
			s := newScene(t, p, "", practice.Delays{})
			s.call(t, "ec2", "ImportKeyPair", "KeyName", keyPair(t, p).KeyName, "PublicKeyMaterial", plan.Blob(otherKey))
			before, calls := string(s.account.State()), len(changing(s.account.Calls()))
			l := s.life(t, 0, false)
			o := apply.Options{Journal: l}
			if adopt {
				o.Consent = seen(t, p, l)
			}
			_, err := apply.Run(t.Context(), p, l, o)
			var blocked *apply.Blocked
			if !errors.As(err, &blocked) || blocked.Consent || !strings.Contains(err.Error(), "another public key") {
				t.Errorf("adopt %v: %v", adopt, err)
			}
			if string(s.account.State()) != before || len(changing(s.account.Calls())) != calls {
				t.Errorf("adopt %v: something was changed", adopt)
			}
		})
	}
}

// TestKeyPairOfSomebodyElse: the same key under the same name is used as it is, and undo leaves it.
func TestKeyPairOfSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := built(t, imports)
		s := newScene(t, p, "", practice.Delays{})
		made := keyPair(t, p)
		s.call(t, "ec2", "ImportKeyPair", "KeyName", made.KeyName, "PublicKeyMaterial", plan.Blob(made.PublicKey))
		before := string(s.account.State())
		if calls, err := s.apply(t, 0, false); err != nil || calls != 0 {
			t.Errorf("%d changes: %v", calls, err)
		}
		s.undoesTo(t, before)
		if s.keyPairs(t, made.KeyName) != 1 {
			t.Error("undo takes a key pair away that the plan has not made")
		}
	})
}

// TestKeyPairThatSomebodyHasMadeAnew stays: undo deletes what the plan has imported, and not what has its name by now.
func TestKeyPairThatSomebodyHasMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := built(t, imports)
		s := newScene(t, p, "", practice.Delays{})
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		made := keyPair(t, p)
		s.call(t, "ec2", "DeleteKeyPair", "KeyName", made.KeyName)
		s.call(t, "ec2", "ImportKeyPair", "KeyName", made.KeyName, "PublicKeyMaterial", plan.Blob(otherKey))
		result, _, err := s.undo(t, 0, false)
		if err != nil || len(result.Left) != 1 || s.keyPairs(t, made.KeyName) != 1 {
			t.Errorf("%v %+v", err, result)
		}
	})
}

// TestExistingKeyPair is looked at and nothing else: undo leaves it, and one that is not there is refused.
func TestExistingKeyPair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, built(t, "../../testdata/answers/ai-unlimited-existing.yaml"), "", practice.Delays{})
		before := string(s.account.State())
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		for _, call := range changing(s.account.Calls()) {
			if strings.Contains(call, "KeyPair") {
				t.Errorf("it makes %s", call)
			}
		}
		s.undoesTo(t, before)
		if s.keyPairs(t, "operators") != 1 {
			t.Error("the key pair is gone")
		}
		missing := newScene(t, varied(t, "ai-unlimited-existing.yaml", "operators", "nobodys"), "", practice.Delays{})
		before = string(missing.account.State())
		_, err := missing.apply(t, 0, false)
		var blocked *apply.Blocked
		if !errors.As(err, &blocked) || blocked.Consent || !strings.Contains(err.Error(), "nobodys") || string(missing.account.State()) != before {
			t.Errorf("%v", err)
		}
	})
}
