package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
)

// Logins are the database connections of a run: the first statement on a connection proves it, and only then others are
// sent. A connection that has failed is not tried again: Redshift locks a database user after five failed logins, or
// whatever the cluster says (https://docs.aws.amazon.com/redshift/latest/dg/max_failed_login_attempts.html). Clients
// that share a Logins make at most one failed login for each user. The zero value is ready to use.
type Logins struct {
	mu sync.Mutex
	by map[connection]*login
}

// connection is a user of a warehouse. Its databases share one login.
type connection struct{ region, cluster, workgroup, user, secret string }

// login is what is known of a connection.
type login struct {
	turn chan struct{} // full while a statement proves the connection

	mu       sync.Mutex
	proven   map[string]bool
	failed   map[string]error // by database
	refused  error            // of the user, in whatever database
	pending  string           // id of a statement that was sent, whose end nobody has seen
	database string           // of pending
}

// NewRun forgets the connections that failed for another reason than a refused login, such as a paused warehouse.
func (l *Logins) NewRun() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.by {
		one.mu.Lock()
		clear(one.failed)
		one.mu.Unlock()
	}
}

// of gives what is known of the connection that a statement uses, and the statement's database.
func (l *Logins) of(region string, input []byte) (*login, string, error) {
	var in struct{ ClusterIdentifier, WorkgroupName, Database, DbUser, SecretArn string }
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, "", err
	}
	at := connection{region, in.ClusterIdentifier, in.WorkgroupName, in.DbUser, in.SecretArn}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[connection]*login{}
	}
	if l.by[at] == nil {
		l.by[at] = &login{turn: make(chan struct{}, 1), proven: map[string]bool{}, failed: map[string]error{}}
	}
	return l.by[at], in.Database, nil
}

// known says whether a connection is proven; the error is why it failed.
func (l *login) known(database string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused != nil {
		return false, l.refused
	}
	return l.proven[database], l.failed[database]
}

// begin waits until the connection is proven, or gives the caller the turn to prove it.
func (l *login) begin(ctx context.Context, database string) (proves bool, err error) {
	if proven, err := l.known(database); proven || err != nil {
		return false, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if proven, err := l.known(database); proven || err != nil {
		<-l.turn
		return false, err
	}
	return true, nil
}

// sent remembers a statement until its end is seen.
func (l *login) sent(id, database string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending, l.database = id, database
}

// unseen is the statement whose end nobody has seen; "" : there is none.
func (l *login) unseen() (id, database string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending, l.database
}

// ended takes note of how a statement has ended. Where AWS has not said how, it stays pending.
func (l *login) ended(id, database string, err error) error {
	var api *Error
	if err != nil && !errors.As(err, &api) {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending == id {
		l.pending = ""
	}
	if err != nil && api.Code != statementFailed {
		return err
	}
	if err == nil || !api.unconnected {
		l.proven[database] = true
		return err
	}
	failed := &LoginError{api}
	l.failed[database] = failed
	if refuses(api.Message) {
		l.refused = failed
	}
	return failed
}

// unconnected says of the message of a failed statement that it never reached the database. Redshift is PostgreSQL there:
// what fails in a session is an ERROR, and what ends the session or its start is FATAL or is said by the Data API
// itself (https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS;
// https://github.com/aws/amazon-redshift-jdbc-driver/issues/21 has the words for a wrong password).
func unconnected(message string) bool {
	return message != "" && !strings.HasPrefix(message, "ERROR:") || refuses(message)
}

// refuses says that a message refuses the user: a wrong password, or a user that is locked
// (https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_USER_LOCKOUT.html) or may not log in.
func refuses(message string) bool {
	message = strings.ToLower(message)
	for _, part := range []string{"password authentication failed", "authentication failed", "is locked", "not permitted to log in"} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// LoginError is a failed connection to a database.
type LoginError struct{ cause *Error }

// Error implements error.
func (e *LoginError) Error() string {
	return "connect to the database: " + e.cause.Message + " (tried once; onramp sends no other statement on this connection)"
}

// Unwrap gives AWS's error.
func (e *LoginError) Unwrap() error { return e.cause }

// ErrorHint says what to do.
func (e *LoginError) ErrorHint() string {
	return "correct the user or the password in the secret, and run the same command again; Redshift locks a user after 5 failed logins " +
		"(SHOW USER LOCKOUT lists them, ALTER USER ... LOGIN unlocks)"
}
