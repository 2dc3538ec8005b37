package awsname

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Ids are opaque to the EC2 API model; their form is the Amazon EC2 User Guide's, Resource IDs: 17 characters today, 8 on
// resources from before 2018.

// VPC is the id of a VPC.
func VPC(s string) error { return resourceID("a VPC id", "vpc-", s) }

// Subnet is the id of a subnet.
func Subnet(s string) error { return resourceID("a subnet id", "subnet-", s) }

// RouteTable is the id of a route table.
func RouteTable(s string) error { return resourceID("a route table id", "rtb-", s) }

// SecurityGroup is the id of a security group, not its name.
func SecurityGroup(s string) error { return resourceID("a security group id", "sg-", s) }

// PrefixList is the id of a prefix list, not its name.
func PrefixList(s string) error { return resourceID("a prefix list id", "pl-", s) }

// CIDR is a range of IPv4 addresses as EC2 takes it for a rule of a security group: Amazon EC2 API Reference, IpRange. EC2
// drops the bits behind the prefix, and says something else afterwards than it was told, so there may be none.
func CIDR(s string) error {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || !p.Addr().Is4():
		return fmt.Errorf("a range of addresses is an IPv4 address, a slash and 0 to 32: 203.0.113.0/24, %s is not", brief(s))
	case p != p.Masked():
		return fmt.Errorf("a range of addresses begins with its first address, this one is %s", p.Masked())
	}
	return nil
}

func resourceID(noun, prefix, s string) error {
	if err := printable(noun, s); err != nil {
		return err
	}
	id, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return fmt.Errorf("%s begins with %s, %s does not", noun, prefix, brief(s))
	}
	if i := strings.IndexFunc(id, func(r rune) bool { return !lowerHex(r) }); i >= 0 {
		return fmt.Errorf("%s has only digits and the letters a to f after %s, %s has others", noun, prefix, brief(s))
	}
	if len(id) != 8 && len(id) != 17 {
		return fmt.Errorf("%s has 8 or 17 characters after %s, this one has %d", noun, prefix, len(id))
	}
	return nil
}

var securityGroupName = shape{
	noun: "a security group name", min: 1, max: 255,
	alphabet: "ASCII letters, digits, spaces and " + securityGroupPunctuation,
	in:       func(r rune) bool { return alnum(r) || r == ' ' || strings.ContainsRune(securityGroupPunctuation, r) },
}

const securityGroupPunctuation = "._-:/()#,@[]+=&;{}!$*"

// SecurityGroupName is the name of a new group: Amazon EC2 API Reference, CreateSecurityGroup, and Amazon VPC User Guide,
// Security group basics: names have no case, and EC2 drops spaces at the end, after which the name asked for would never
// be found again.
func SecurityGroupName(s string) error {
	if err := securityGroupName.check(s); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(strings.ToLower(s), "sg-"):
		return errors.New("a security group name cannot begin with sg-, which begins an id")
	case strings.EqualFold(s, "default"):
		return errors.New("a security group name cannot be default, which every VPC has already")
	case strings.HasSuffix(s, " "):
		return fmt.Errorf("a security group name cannot end with a space, which EC2 drops, %s does", brief(s))
	}
	return nil
}
