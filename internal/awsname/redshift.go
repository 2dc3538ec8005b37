package awsname

import (
	"fmt"
	"strings"
)

// NodeTypes are the node types AWS names today, in the order to offer them: Amazon Redshift Management Guide, Clusters
// and nodes in Amazon Redshift. NodeType takes others as well.
var NodeTypes = []string{
	"ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge",
	"rg.large", "rg.xlarge", "rg.4xlarge", "rg.12xlarge",
	"dc2.large", "dc2.8xlarge",
}

const lowerAlnumHyphen = "lower-case letters, digits and hyphens"

func isLowerAlnumHyphen(r rune) bool { return lowerAlnum(r) || r == '-' }

var (
	clusterIdentifier = shape{
		noun: "a cluster identifier", min: 1, max: 63,
		alphabet: lowerAlnumHyphen, in: isLowerAlnumHyphen,
	}
	nodeType = shape{
		noun: "a node type", min: 3, max: 32,
		alphabet: "lower-case letters, digits and a dot",
		in:       func(r rune) bool { return lowerAlnum(r) || r == '.' },
	}
	databaseName = shape{
		noun: "a database name", min: 1, max: 64,
		alphabet: "lower-case letters, digits and underscores",
		in:       func(r rune) bool { return lowerAlnum(r) || r == '_' },
	}
	adminUser = shape{
		noun: "an admin user name", min: 1, max: 128,
		alphabet: "lower-case letters, digits and +._-@",
		in:       func(r rune) bool { return lowerAlnum(r) || strings.ContainsRune("+._-@", r) },
	}
	subnetGroup = shape{
		noun: "a subnet group name", min: 1, max: 255,
		alphabet: "ASCII letters, digits, hyphens, underscores and dots",
		in:       func(r rune) bool { return alnum(r) || strings.ContainsRune("-_.", r) },
	}
	namespaceName = shape{
		noun: "a namespace name", min: 3, max: 64,
		alphabet: lowerAlnumHyphen, in: isLowerAlnumHyphen,
	}
	workgroupName = shape{
		noun: "a workgroup name", min: 3, max: 63,
		alphabet: lowerAlnumHyphen, in: isLowerAlnumHyphen,
	}
)

// ClusterIdentifier is the rule of the Amazon Redshift Management Guide, Quotas and limits, Naming constraints, and of the
// Redshift Data API model's ClusterIdentifier.
func ClusterIdentifier(s string) error {
	noun := clusterIdentifier.noun
	if err := clusterIdentifier.check(s); err != nil {
		return err
	}
	if err := begins(noun, s, "a letter", lower); err != nil {
		return err
	}
	if err := ends(noun, s, "a letter or a digit", lowerAlnum); err != nil {
		return err
	}
	if strings.Contains(s, "--") {
		return fmt.Errorf("%s cannot have two hyphens in a row, %s has", noun, brief(s))
	}
	return nil
}

// NodeType is family.size, such as ra3.large: Amazon Redshift Management Guide, Clusters and nodes in Amazon Redshift. One
// that is not in NodeTypes passes, because AWS adds them faster than we release.
func NodeType(s string) error {
	if err := nodeType.check(s); err != nil {
		return err
	}
	family, size, dot := strings.Cut(s, ".")
	if !dot || size == "" || strings.Contains(size, ".") || !startsWithLetter(family) {
		return fmt.Errorf("a node type looks like ra3.large, %s does not", brief(s))
	}
	return nil
}

func startsWithLetter(s string) bool { return s != "" && letter(rune(s[0])) }

// NodeCount is the Redshift API model's CreateCluster NumberOfNodes.
func NodeCount(n int) error {
	if n < 1 || n > 100 {
		return fmt.Errorf("a cluster has 1 to 100 nodes, not %d", n)
	}
	return nil
}

// DatabaseName is the rule for the database made with a cluster: Amazon Redshift Management Guide, Quotas and limits,
// Naming constraints. The page says "alphanumeric"; an underscore is taken too, as in AWS's own sample_data_dev. A
// database made with CREATE DATABASE is any SQLIdentifier.
func DatabaseName(s string) error {
	noun := databaseName.noun
	if err := databaseName.check(s); err != nil {
		return err
	}
	start := func(r rune) bool { return lower(r) || r == '_' }
	if err := begins(noun, s, "a letter or an underscore", start); err != nil {
		return err
	}
	return unreserved(noun, s)
}

// AdminUser is the Redshift API Reference, CreateCluster, MasterUsername.
func AdminUser(s string) error {
	noun := adminUser.noun
	if strings.EqualFold(s, "public") {
		return fmt.Errorf("%s cannot be PUBLIC, which means every user", noun)
	}
	if err := adminUser.check(s); err != nil {
		return err
	}
	if err := begins(noun, s, "a letter", lower); err != nil {
		return err
	}
	return unreserved(noun, s)
}

func unreserved(noun, s string) error {
	if Reserved(s) {
		return fmt.Errorf("%s cannot be a reserved word of Amazon Redshift, %s is one", noun, brief(s))
	}
	return nil
}

// SubnetGroup is the Redshift API Reference, CreateClusterSubnetGroup, with the underscores and dots that existing groups
// have. "default" exists in some accounts and so is no error here.
func SubnetGroup(s string) error { return subnetGroup.check(s) }

// NamespaceName is the Redshift Serverless API model's CreateNamespace namespaceName.
func NamespaceName(s string) error { return namespaceName.check(s) }

// WorkgroupName is the Redshift Serverless API model's CreateWorkgroup workgroupName (3 to 64 characters) within the
// Redshift Data API model's WorkgroupName (3 to 63), through which the SQL goes.
func WorkgroupName(s string) error { return workgroupName.check(s) }
