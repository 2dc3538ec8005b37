package practice

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/fault"
	"onramp/internal/practice/wire"
)

// call is one request while it is served. It holds the account's lock.
type call struct {
	*world
	at     *place // what is in the region of the request
	in     wire.Input
	now    time.Time
	name   string // "iam:CreateRole"
	body   []byte
	secure bool
	may    *policy.Document // what the caller may do; nil: everything
	faults *fault.Plan      // for what is no call: logins
}

// operation is a call that the account has.
type operation struct {
	mutating bool
	run      func(*call) (wire.Answer, error)
	asks     func(*call) []authorize.Request // what the caller must be allowed to do
}

// table has operations by "service:Operation".
type table map[string]operation

// reads and writes make operations.
const (
	reads  = false
	writes = true
)

// operations is every call that the account has.
var operations = sync.OnceValue(func() table {
	return merged(
		stsOperations(), iamOperations(), iamPolicyOperations(), users.operations(), groups.operations(),
		iamProfileOperations(), s3Operations(), kmsOperations(), ec2Operations(), endpointOperations(),
		keyPairOperations(), redshiftOperations(), serverlessOperations(), dataOperations(), secretsOperations(),
		analyzerOperations(), terraformOperations(),
	)
})

func merged(tables ...table) table {
	out := table{}
	for _, t := range tables {
		for name, op := range t {
			out[name] = op
		}
	}
	return out
}

// serve runs one request. Everything that a call reads and writes is behind the account's lock.
func (a *Account) serve(q wire.Request) (wire.Answer, error) {
	op, ok := operations()[q.Name()]
	switch {
	case q.AccessKey == "":
		return wire.Answer{}, wire.Unsigned(q.Protocol)
	case awsname.Partition(q.Region) != a.world.partition: // another partition knows no key of this one (AWS UG, partitions)
		return wire.Answer{}, wire.UnknownKey(q.Protocol)
	case !ok:
		return wire.Answer{}, wire.UnknownOperation(q.Protocol)
	}
	c := &call{
		world: a.world, at: a.world.in(q.Region), in: q.Input, now: time.Now(), name: q.Name(), body: q.Body, secure: q.Secure, may: a.settings.Policy,
		faults: a.settings.Faults,
	}
	c.at.settle(c.now)
	if err := c.authorize(op, q.Protocol); err != nil {
		return wire.Answer{}, err
	}
	if q.Protocol == wire.EC2 && q.Input.Bool("DryRun") {
		return wire.Answer{}, refuse(http.StatusPreconditionFailed, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
	}
	out, err := op.run(c)
	if err == nil && mutates(q) && !slices.Contains(global, q.Service) {
		c.at.changed = true
	}
	return out, err
}

// global are the services whose resources stand in no region's place.
var global = []string{"iam", "sts", "s3"}

// answer makes an answer of names and values in turn; see wire.Of.
func answer(pairs ...any) (wire.Answer, error) {
	return wire.Answer{Fields: wire.Of(pairs...)}, nil
}

// done is the answer of an operation that has none.
func done() (wire.Answer, error) { return wire.Answer{}, nil }

// because is the answer of an operation that refuses.
func because(err error) (wire.Answer, error) { return wire.Answer{}, err }

// refusal turns whatever went wrong into what is answered. What is not AWS's is a mistake of this
// package.
func refusal(err error) *wire.Error {
	var e *wire.Error
	if errors.As(err, &e) {
		return e
	}
	return &wire.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
}
