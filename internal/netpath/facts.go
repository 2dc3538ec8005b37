// Package netpath judges the path of network traffic from a warehouse to S3 and to other services of AWS, once
// enhanced VPC routing sends that traffic through the warehouse's own subnets: routes, endpoints and their policies,
// private DNS, security groups and network ACLs.
//
// It is pure: facts in, findings out. It must not know who reads the facts, a guide, or aws-sdk-go-v2. A fact that is
// nil was not read; where a judgement needs it, a finding says so.
package netpath

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Names of the answers that Read takes.
const (
	ClusterFact      = "cluster"       // redshift:DescribeClusters of one cluster
	SubnetGroupsFact = "subnet-groups" // redshift:DescribeClusterSubnetGroups
	WorkgroupFact    = "workgroup"     // redshift-serverless:GetWorkgroup
	VPCFact          = "vpc"           // ec2:DescribeVpcs of one VPC
	DNSSupportFact   = "dns-support"   // ec2:DescribeVpcAttribute
	DNSHostnamesFact = "dns-hostnames" // the same
	SubnetsFact      = "subnets"       // ec2:DescribeSubnets of the VPC
	RouteTablesFact  = "route-tables"
	GroupsFact       = "security-groups"
	ACLsFact         = "network-acls"
	EndpointsFact    = "endpoints"
)

// Facts are what was read. The fields of the types have the names of AWS's APIs.
type Facts struct {
	Warehouse                *Warehouse
	VPC                      *VPC
	DNSSupport, DNSHostnames *bool
	Subnets                  []Subnet
	RouteTables              []RouteTable
	Groups                   []Group
	ACLs                     []ACL
	Endpoints                []Endpoint
}

// Warehouse is a cluster or a workgroup.
type Warehouse struct {
	VPC     string
	Subnets []string
	Groups  []string // none: those of the default group of the VPC
	Zone    string   // in which all nodes of a cluster are; "" : in any
	Public  bool     // it has public addresses
	Routing bool     // enhanced VPC routing is on
}

// VPC is a VPC with its address ranges.
type VPC struct {
	VpcId                   string
	CidrBlock               string
	CidrBlockAssociationSet []struct{ CidrBlock string }
}

// Subnet is a subnet of the VPC.
type Subnet struct{ SubnetId, VpcId, AvailabilityZone, CidrBlock string }

// RouteTable is a route table of the VPC.
type RouteTable struct {
	RouteTableId string
	Routes       []Route
	Associations []struct {
		Main     bool
		SubnetId string
	}
}

// Route is one route; only one of its targets is set.
type Route struct {
	DestinationCidrBlock, State                           string
	GatewayId, NatGatewayId, TransitGatewayId, InstanceId string
	NetworkInterfaceId, VpcPeeringConnectionId            string
	LocalGatewayId, CarrierGatewayId, CoreNetworkArn      string
}

// Group is a security group.
type Group struct {
	GroupId, GroupName  string
	IpPermissions       []Permission
	IpPermissionsEgress []Permission
}

// Permission is a rule of a security group.
type Permission struct {
	IpProtocol       string
	FromPort, ToPort *int
	IpRanges         []struct{ CidrIp string }
	UserIdGroupPairs []struct{ GroupId string }
	PrefixListIds    []struct{ PrefixListId string }
}

// ACL is a network ACL.
type ACL struct {
	NetworkAclId string
	Associations []struct{ SubnetId string }
	Entries      []Entry
}

// Entry is a rule of a network ACL. The one with the lowest number that fits decides.
type Entry struct {
	RuleNumber           int
	Egress               bool
	Protocol, RuleAction string
	CidrBlock            string
	PortRange            *struct{ From, To int }
}

// Endpoint is an endpoint of the VPC.
type Endpoint struct {
	VpcEndpointId, VpcEndpointType, ServiceName, State, PolicyDocument string
	RouteTableIds, SubnetIds                                           []string
	Groups                                                             []struct{ GroupId string }
	PrivateDnsEnabled                                                  bool
	DnsOptions                                                         *struct{ PrivateDnsOnlyForInboundResolverEndpoint bool }
	planned                                                            bool // the plan creates it
}

// Read takes the answers of AWS, as decoded JSON under the names above, for facts. An answer that is nil or missing
// is a fact that was not read. subnetGroup is where a cluster will be that is not there yet.
func Read(answers map[string]any, subnetGroup string) (Facts, error) {
	var raw raw
	for name, answer := range answers {
		if answer == nil {
			continue
		}
		data, err := json.Marshal(answer)
		if err == nil {
			err = json.Unmarshal(data, &raw)
		}
		if err != nil {
			return Facts{}, fmt.Errorf("read %s: %w", name, err)
		}
	}
	has := func(name string) bool { return answers[name] != nil }
	f := Facts{
		Subnets: read(has(SubnetsFact), raw.Subnets), RouteTables: read(has(RouteTablesFact), raw.RouteTables),
		Groups: read(has(GroupsFact), raw.SecurityGroups), ACLs: read(has(ACLsFact), raw.NetworkAcls),
		Endpoints: read(has(EndpointsFact), raw.VpcEndpoints), Warehouse: raw.warehouse(has(WorkgroupFact), subnetGroup),
	}
	if len(raw.Vpcs) > 0 {
		f.VPC = &raw.Vpcs[0]
	}
	f.DNSSupport, f.DNSHostnames = raw.EnableDnsSupport.Value, raw.EnableDnsHostnames.Value
	return f, nil
}

// raw are all answers in one: no two have a member of the same name.
type raw struct {
	Clusters []struct {
		VpcId, AvailabilityZone, MultiAZ       string
		ClusterSubnetGroupName                 string
		PubliclyAccessible, EnhancedVpcRouting bool
		VpcSecurityGroups                      []struct{ VpcSecurityGroupId string }
	}
	ClusterSubnetGroups []struct {
		ClusterSubnetGroupName, VpcId string
		Subnets                       []struct{ SubnetIdentifier string }
	}
	Workgroup struct {
		SubnetIds, SecurityGroupIds            []string
		PubliclyAccessible, EnhancedVpcRouting bool
	}
	Vpcs                                 []VPC
	EnableDnsSupport, EnableDnsHostnames struct{ Value *bool } // the answer of one has the other as null
	Subnets                              []Subnet
	RouteTables                          []RouteTable
	SecurityGroups                       []Group
	NetworkAcls                          []ACL
	VpcEndpoints                         []Endpoint
}

// warehouse is the workgroup, the cluster in its subnets, or the cluster that will be made in a subnet group.
func (r raw) warehouse(workgroup bool, subnetGroup string) *Warehouse {
	if workgroup {
		w := r.Workgroup
		out := &Warehouse{Subnets: w.SubnetIds, Groups: w.SecurityGroupIds, Public: w.PubliclyAccessible, Routing: w.EnhancedVpcRouting}
		for _, s := range r.Subnets {
			if slices.Contains(w.SubnetIds, s.SubnetId) {
				out.VPC = s.VpcId
			}
		}
		return out
	}
	if len(r.Clusters) > 0 {
		subnetGroup = r.Clusters[0].ClusterSubnetGroupName
	}
	out := &Warehouse{}
	for _, g := range r.ClusterSubnetGroups {
		if g.ClusterSubnetGroupName != subnetGroup {
			continue
		}
		out.VPC = g.VpcId
		for _, s := range g.Subnets {
			out.Subnets = append(out.Subnets, s.SubnetIdentifier)
		}
	}
	if len(out.Subnets) == 0 {
		return nil
	}
	if len(r.Clusters) > 0 {
		c := r.Clusters[0]
		out.VPC, out.Public, out.Routing = c.VpcId, c.PubliclyAccessible, c.EnhancedVpcRouting
		if c.MultiAZ != "Enabled" {
			out.Zone = c.AvailabilityZone
		}
		for _, g := range c.VpcSecurityGroups {
			out.Groups = append(out.Groups, g.VpcSecurityGroupId)
		}
	}
	return out
}

func read[T any](was bool, list []T) []T {
	if was && list == nil {
		return []T{}
	}
	return list
}
