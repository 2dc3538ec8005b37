package practice

import "onramp/internal/policy"

// Operations lists the calls that the account has.
func Operations() []string { return sorted(operations()) }

// Mutating says that a call changes something.
func Mutating(name string) bool { return operations()[name].mutating }

// Policies lists the policies of AWS that the account has.
func Policies() []string { return sorted(awsPolicies()) }

// Look looks at a region.
func (a *Account) Look(region string) { a.world.in(region) }

// SetPolicy changes what the caller may do, which a running account never does: a test prepares an
// account as somebody who may do everything.
func (a *Account) SetPolicy(d *policy.Document) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settings.Policy = d
}
