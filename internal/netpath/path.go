package netpath

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Path is what the traffic of a warehouse has to reach, and what a plan changes on the way.
type Path struct {
	Warehouse string // for people: "cluster analytics"
	VPC       string // id of the VPC that the facts are of
	// SubnetGroup is the name of the cluster subnet group of a cluster that the plan creates; "" : it is there.
	SubnetGroup string
	Region      string
	Account     string
	Partition   string
	Roles       []string // ARNs of the roles whose credentials the warehouse uses
	Buckets     []string // names of buckets that it must reach
	Services    []Service
	Changes     Changes
}

// Service is a service of AWS with interface endpoints.
type Service struct {
	Suffix  string   // of the endpoint service's name: ".sagemaker.api"
	Actions []string // some that the warehouse's roles take there
}

// Name is the service for people.
func (s Service) Name() string { return strings.TrimPrefix(s.Suffix, ".") }

// Changes are what a plan changes before routing is switched on.
type Changes struct {
	DNS         bool     // both DNS attributes of the VPC are switched on
	RouteTables []string // that the S3 gateway endpoint gets; none: there is no such endpoint in the plan
	Subnets     []string // of the interface endpoints; none: there are no such endpoints in the plan
	Group       string   // id of the security group of the interface endpoints, or
	GroupName   string   // name of the one that is created: it admits HTTPS from the first range of the VPC
}

// Grade says how much a finding weighs.
type Grade int

// The grades.
const (
	Risk    Grade = iota // it works now, and may not later
	Unknown              // what was read does not say
	Broken               // it does not work
)

// Finding is what stands on the path.
type Finding struct {
	Check    string // a stable id: "network.s3-endpoint"
	Grade    Grade
	Resource string // id of what it is about
	Subject  string // of Unknown: tells it from others of its check, and has no id of what the plan creates
	Text     string // what was read, and what follows from that
	Remedy   string // what to do
}

// Check judges the facts as they are.
func Check(p Path, f Facts) []Finding {
	c := &checker{Path: p, Facts: f}
	switch {
	case f.Subnets == nil:
		c.lacks(SubnetsFact, "the subnets of "+p.VPC)
		return c.found
	case f.Warehouse == nil || len(f.Warehouse.Subnets) == 0:
		c.lacks(p.Warehouse, "the subnets of "+p.Warehouse)
		return c.found
	case !c.inVPC():
		return c.found
	}
	if c.place(); len(c.active) == 0 {
		return c.found
	}
	c.dns()
	c.s3()
	for _, s := range p.Services {
		c.service(s)
	}
	return c.found
}

// Planned are the facts as they will be once the changes of the plan are made.
func (p Path) Planned(f Facts) Facts {
	for _, on := range []**bool{&f.DNSSupport, &f.DNSHostnames} {
		if yes := true; p.Changes.DNS && *on != nil { // what cannot be read now cannot be read then
			*on = &yes
		}
	}
	if f.Endpoints == nil {
		return f
	}
	f.Endpoints = slices.Clone(f.Endpoints)
	for i, e := range f.Endpoints {
		if !e.usable() && e.coming() {
			f.Endpoints[i].State = "available" // the plan waits for it
		}
	}
	if len(p.Changes.RouteTables) > 0 {
		f.gateway(p)
	}
	if len(p.Changes.Subnets) > 0 {
		f.interfaces(p)
	}
	return f
}

// gateway has the S3 gateway endpoint, or a new one, serve the route tables of the plan.
func (f *Facts) gateway(p Path) {
	at := slices.IndexFunc(f.Endpoints, func(e Endpoint) bool { return e.is("Gateway", ".s3") && e.usable() })
	if at < 0 {
		f.Endpoints = append(f.Endpoints, Endpoint{
			VpcEndpointId: "the new S3 endpoint", VpcEndpointType: "Gateway", ServiceName: "." + p.Region + ".s3", State: "available",
			RouteTableIds: p.Changes.RouteTables, planned: true,
		})
		return
	}
	for _, table := range p.Changes.RouteTables {
		served := slices.ContainsFunc(f.Endpoints, func(e Endpoint) bool {
			return e.is("Gateway", ".s3") && e.usable() && slices.Contains(e.RouteTableIds, table)
		})
		if !served {
			f.Endpoints[at].RouteTableIds = append(slices.Clip(f.Endpoints[at].RouteTableIds), table)
		}
	}
}

// interfaces has an endpoint for each service, with private DNS.
func (f *Facts) interfaces(p Path) {
	group := p.Changes.Group
	if group == "" {
		group = f.plannedGroup(p)
	}
	for _, s := range p.Services {
		of := func(e Endpoint) bool { return e.is("Interface", s.Suffix) && e.usable() }
		if slices.ContainsFunc(f.Endpoints, func(e Endpoint) bool { return of(e) && e.PrivateDnsEnabled }) {
			continue
		}
		if at := slices.IndexFunc(f.Endpoints, of); at >= 0 {
			f.Endpoints[at].PrivateDnsEnabled = true
			continue
		}
		f.Endpoints = append(f.Endpoints, Endpoint{
			VpcEndpointId: "the new " + s.Name() + " endpoint", VpcEndpointType: "Interface", ServiceName: s.Suffix, State: "available",
			PrivateDnsEnabled: true, SubnetIds: p.Changes.Subnets, Groups: []struct{ GroupId string }{{group}}, planned: true,
		})
	}
}

// plannedGroup is the id of the group that the plan creates, or fills.
func (f *Facts) plannedGroup(p Path) string {
	if f.Groups == nil || f.VPC == nil {
		return ""
	}
	port := httpsPort
	rule := Permission{IpProtocol: "tcp", FromPort: &port, ToPort: &port, IpRanges: []struct{ CidrIp string }{{f.VPC.CidrBlock}}}
	f.Groups = slices.Clone(f.Groups)
	for i, g := range f.Groups {
		if g.GroupName == p.Changes.GroupName {
			f.Groups[i].IpPermissions = append(slices.Clip(g.IpPermissions), rule)
			return g.GroupId
		}
	}
	f.Groups = append(f.Groups, Group{GroupId: p.Changes.GroupName, GroupName: p.Changes.GroupName, IpPermissions: []Permission{rule}})
	return p.Changes.GroupName
}

const httpsPort = 443

func (e Endpoint) is(kind, suffix string) bool {
	return e.VpcEndpointType == kind && strings.HasSuffix(e.ServiceName, suffix)
}

func (e Endpoint) usable() bool { return strings.EqualFold(e.State, "available") }

// coming says that an endpoint will be available by itself.
func (e Endpoint) coming() bool { return strings.EqualFold(e.State, "pending") }

// checker gathers findings.
type checker struct {
	Path
	Facts
	active []Subnet // subnets that the warehouse's nodes are in
	found  []Finding
}

func (c *checker) say(grade Grade, check, resource, text, remedy string) {
	c.add(Finding{Check: "network." + check, Grade: grade, Resource: resource, Text: text, Remedy: remedy})
}

func (c *checker) unknown(check, resource, subject, text, remedy string) {
	c.add(Finding{Check: "network." + check, Grade: Unknown, Resource: resource, Subject: subject, Text: text, Remedy: remedy})
}

func (c *checker) add(f Finding) {
	if !slices.Contains(c.found, f) {
		c.found = append(c.found, f)
	}
}

// FactsCheck is the check of findings that say that a fact is missing: their Resource is the fact, or what it is of.
const FactsCheck = "network.facts"

// lacks says that what a judgement needs is not among the facts.
func (c *checker) lacks(resource, what string) {
	c.unknown("facts", resource, resource, "onramp could not find "+what+", so the path of "+c.Path.Warehouse+" is not checked there", "check it yourself")
}

func (c *checker) inVPC() bool {
	in := c.Facts.Warehouse.VPC
	if in == c.Path.VPC {
		return true
	}
	remedy := "name the VPC of the warehouse (vpc-routing.vpc)"
	if in != "" {
		remedy = "answer vpc-routing.vpc with " + in
	}
	c.say(Broken, "vpc", c.Path.VPC, fmt.Sprintf("%s is in %s, not in %s", c.Path.Warehouse, cmp.Or(in, "another VPC"), c.Path.VPC), remedy)
	return false
}

// place finds the subnets that count: all nodes of a cluster are in one zone.
func (c *checker) place() {
	w := c.Facts.Warehouse
	for _, s := range c.subnets(w.Subnets) {
		if w.Zone == "" || s.AvailabilityZone == w.Zone {
			c.active = append(c.active, s)
		}
	}
	if len(c.active) == 0 {
		c.lacks(c.Path.Warehouse, "the subnets of "+c.Path.Warehouse)
	}
	if len(w.Groups) == 0 {
		for _, g := range c.Facts.Groups {
			if g.GroupName == "default" {
				w.Groups = []string{g.GroupId}
			}
		}
	}
}

// subnets are the subnets of some ids.
func (c *checker) subnets(ids []string) []Subnet {
	var out []Subnet
	for _, id := range ids {
		at := slices.IndexFunc(c.Subnets, func(s Subnet) bool { return s.SubnetId == id })
		if at < 0 || len(prefixes(c.Subnets[at].CidrBlock)) == 0 {
			c.lacks(id, "the addresses of "+id)
			continue
		}
		out = append(out, c.Subnets[at])
	}
	return out
}

// dns: private names resolve only where both attributes are on (Amazon VPC User Guide, DNS attributes for your VPC).
func (c *checker) dns() {
	if !c.hasPrivateNames() {
		return
	}
	for _, a := range []struct {
		on         *bool
		fact, name string
	}{{c.DNSSupport, DNSSupportFact, "enable-dns-support"}, {c.DNSHostnames, DNSHostnamesFact, "enable-dns-hostnames"}} {
		switch {
		case a.on == nil:
			c.lacks(a.fact, a.name+" of "+c.Path.VPC)
		case !*a.on:
			c.say(Broken, "private-dns", c.Path.VPC, a.name+" is off in "+c.Path.VPC+", so the private names of its endpoints do not resolve",
				fmt.Sprintf("aws ec2 modify-vpc-attribute --vpc-id %s --%s", c.Path.VPC, a.name))
		}
	}
}

// hasPrivateNames says that S3 or a service is reached by a private name.
func (c *checker) hasPrivateNames() bool {
	return c.privateS3() != nil || slices.ContainsFunc(c.Services, func(s Service) bool { return c.endpoint(s) != nil })
}

// endpoint is the endpoint that answers to the name of a service.
func (c *checker) endpoint(s Service) *Endpoint {
	for i, e := range c.Endpoints {
		if e.is("Interface", s.Suffix) && e.usable() && e.PrivateDnsEnabled {
			return &c.Endpoints[i]
		}
	}
	return nil
}

// s3 judges the way to S3 from each subnet: an interface endpoint with a private name, a gateway endpoint, or a route
// out of the VPC.
func (c *checker) s3() {
	if c.Endpoints == nil {
		c.lacks(EndpointsFact, "the endpoints of "+c.Path.VPC)
		return
	}
	if e := c.privateS3(); e != nil {
		c.reach(*e, "S3")
		c.admitsBuckets(*e)
		return
	}
	for _, s := range c.active {
		table, known := c.tableOf(s.SubnetId)
		if !known {
			continue
		}
		gateway := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool {
			return e.is("Gateway", ".s3") && e.usable() && slices.Contains(e.RouteTableIds, table.RouteTableId)
		})
		switch {
		case gateway >= 0:
			c.admitsBuckets(c.Endpoints[gateway])
			c.outward(s, "S3")
		case c.leadsOut(table):
			c.outward(s, "S3")
		default:
			c.say(Broken, "s3-endpoint", table.RouteTableId, fmt.Sprintf(
				"%s, the route table of %s, leads to no S3 endpoint and not out of the VPC", table.RouteTableId, s.SubnetId),
				"add "+table.RouteTableId+" to vpc-routing.route-tables")
		}
	}
}

// privateS3 is an interface endpoint that answers to S3's own names inside the VPC.
func (c *checker) privateS3() *Endpoint {
	for i, e := range c.Endpoints {
		inbound := e.DnsOptions != nil && e.DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint
		if e.is("Interface", ".s3") && e.usable() && e.PrivateDnsEnabled && !inbound {
			return &c.Endpoints[i]
		}
	}
	return nil
}

// service judges the way to a service: an endpoint with its private name, or a route out of the VPC.
func (c *checker) service(s Service) {
	if c.Endpoints == nil {
		return // s3 says it
	}
	if e := c.endpoint(s); e != nil {
		c.reach(*e, s.Name())
		c.admitsActions(*e, s)
		return
	}
	out := !slices.ContainsFunc(c.active, func(sub Subnet) bool {
		table, known := c.tableOf(sub.SubnetId)
		return known && !c.leadsOut(table)
	})
	if out {
		for _, sub := range c.active {
			c.outward(sub, s.Name())
		}
		return
	}
	for _, e := range c.Endpoints {
		if e.is("Interface", s.Suffix) && e.usable() {
			c.say(Broken, "private-dns", e.VpcEndpointId, fmt.Sprintf(
				"private DNS of %s, the %s endpoint, is off, and %s has no other way to %s", e.VpcEndpointId, s.Name(), c.Path.Warehouse, s.Name()),
				"aws ec2 modify-vpc-endpoint --vpc-endpoint-id "+e.VpcEndpointId+" --private-dns-enabled")
			return
		}
	}
	c.say(Broken, "sagemaker-endpoint", c.Path.VPC, fmt.Sprintf("%s has no %s endpoint that is available, and %s has no other way there",
		c.Path.VPC, s.Name(), c.Path.Warehouse), "create the endpoint, or give the subnets of the warehouse a route to a NAT gateway")
}

// tableOf is the route table of a subnet: its own, or the main one (Amazon VPC User Guide, Route tables).
func (c *checker) tableOf(subnet string) (RouteTable, bool) {
	if c.RouteTables == nil {
		c.lacks(RouteTablesFact, "the route tables of "+c.Path.VPC)
		return RouteTable{}, false
	}
	var main RouteTable
	found := false
	for _, t := range c.RouteTables {
		for _, a := range t.Associations {
			if a.SubnetId == subnet {
				return t, true
			}
			if a.Main {
				main, found = t, true
			}
		}
	}
	if !found {
		c.lacks("route table of "+subnet, "the route table of "+subnet)
	}
	return main, found
}

// leadsOut says that a table has a default route that private addresses can use. What lies behind a transit gateway
// or an appliance is not known; it is taken for a way out.
func (c *checker) leadsOut(t RouteTable) bool {
	return slices.ContainsFunc(t.Routes, func(r Route) bool {
		if r.DestinationCidrBlock != "0.0.0.0/0" || strings.EqualFold(r.State, "blackhole") {
			return false
		}
		if strings.HasPrefix(r.GatewayId, "igw-") {
			return c.Facts.Warehouse.Public
		}
		return cmp.Or(r.GatewayId, r.NatGatewayId, r.TransitGatewayId, r.InstanceId, r.NetworkInterfaceId,
			r.VpcPeeringConnectionId, r.LocalGatewayId, r.CarrierGatewayId, r.CoreNetworkArn) != ""
	})
}
