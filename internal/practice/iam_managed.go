package practice

import (
	_ "embed"
	"encoding/json"
	"sync"
	"time"
)

// managedJSON are the policies of AWS that the guides attach or speak of, word for word (AWS Managed
// Policy Reference Guide; the texts are those that moto 5.2.1 carries, of 2026).
//
//go:embed managed/policies.json
var managedJSON []byte

// awsPolicy is a policy that AWS manages.
type awsPolicy struct {
	Name, Path, Version string
	Created, Updated    time.Time
	Document            json.RawMessage
}

// awsPolicies are read when the first is asked for: most starts of the program never do.
var awsPolicies = sync.OnceValue(func() map[string]awsPolicy {
	var list []awsPolicy
	if err := json.Unmarshal(managedJSON, &list); err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	out := make(map[string]awsPolicy, len(list))
	for _, p := range list {
		out[p.Path+p.Name] = p
	}
	return out
})
