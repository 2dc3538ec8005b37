package redshiftml

import (
	"fmt"

	"onramp/internal/kind"
	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// The lists of a database ask its catalogue. A serverless warehouse wakes up for that, and bills it as any query (Amazon
// Redshift Management Guide, Billing for Amazon Redshift Serverless).

// database is a list of names that a query answers, one in a row.
func database(name, query, rows string) lookup.Spec {
	return lookup.Spec{
		Name:   name,
		Billed: true,
		Needs:  []string{"warehouse.database"},
		Call: func(get getter) plan.Call {
			c, can := connection(get)
			if !can {
				return plan.Call{}
			}
			return c.Send(get("warehouse.database"), fmt.Sprintf("%s LIMIT %d", query, lookup.Most+1))
		},
		Rows: rows,
	}
}

// connection is as the plan connects, to a warehouse that exists. There is none for who wants the statements only written
// down, or has not said yet as whom to connect. Nor is there one for an IAM identity: its first connection makes a user in the
// database (UNVERIFIED; Amazon Redshift API Reference, GetClusterCredentialsWithIAM, says only that there is one), and a look
// changes nothing.
func connection(get getter) (kind.Connection, bool) {
	var c kind.Connection
	switch get("warehouse.kind") {
	case "cluster":
		c.Cluster = get("warehouse.cluster")
	case "serverless":
		c.Workgroup = get("warehouse.workgroup")
	}
	if c.Cluster+c.Workgroup == "" || get("sql.run") == "export" {
		return c, false
	}
	switch get("sql.auth") {
	case "db-user":
		c.DBUser = get("sql.db-user")
		return c, c.DBUser != "" && c.Cluster != ""
	case "secret":
		c.Secret = get("sql.secret")
		return c, c.Secret != ""
	}
	return c, false
}

// databases without those that the system keeps for itself.
func databases() lookup.Spec {
	return database("databases",
		"SELECT datname FROM pg_database WHERE datname NOT IN ('padb_harvest', 'template0', 'template1', 'sys:internal') ORDER BY datname",
		`Records[*].{value: [0].stringValue}`)
}

// groupNames without those that begin as the system's own do.
func groupNames() lookup.Spec {
	return database("groups", "SELECT groname FROM pg_group ORDER BY groname",
		`Records[?!starts_with(to_string([0].stringValue), '__')].{value: [0].stringValue}`)
}

// schemas without those of the system, and without the temporary ones, of which each session may have one.
func schemas() lookup.Spec {
	return database("schemas",
		"SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg!_%' ESCAPE '!' AND nspname NOT IN ('information_schema', 'catalog_history') ORDER BY nspname",
		`Records[*].{value: [0].stringValue}`)
}
