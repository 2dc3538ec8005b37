package netpath_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/netpath"
)

// network is a VPC with a cluster in subnet-a of zone a and two route tables, in the words of AWS's answers. Tests
// change it by replacing texts.
const network = `{
"cluster": {"Clusters":[{"VpcId":"vpc-1","AvailabilityZone":"us-east-1a","MultiAZ":"Disabled","ClusterSubnetGroupName":"private","VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-1"}]}]},
"subnet-groups": {"ClusterSubnetGroups":[{"ClusterSubnetGroupName":"other","VpcId":"vpc-9"},{"ClusterSubnetGroupName":"private","VpcId":"vpc-1","Subnets":[{"SubnetIdentifier":"subnet-a"},{"SubnetIdentifier":"subnet-b"}]}]},
"vpc": {"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16"}]},
"dns-support": {"EnableDnsSupport":{"Value":true},"EnableDnsHostnames":null},
"dns-hostnames": {"EnableDnsHostnames":{"Value":true},"EnableDnsSupport":null},
"subnets": {"Subnets":[
	{"SubnetId":"subnet-a","VpcId":"vpc-1","AvailabilityZone":"us-east-1a","CidrBlock":"10.0.0.0/24"},
	{"SubnetId":"subnet-b","VpcId":"vpc-1","AvailabilityZone":"us-east-1b","CidrBlock":"10.0.1.0/24"},
	{"SubnetId":"subnet-e","VpcId":"vpc-1","AvailabilityZone":"us-east-1a","CidrBlock":"10.0.9.0/24"}]},
"route-tables": {"RouteTables":[
	{"RouteTableId":"rtb-main","Associations":[{"Main":true}],"Routes":[{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}]},
	{"RouteTableId":"rtb-b","Associations":[{"SubnetId":"subnet-b"}],"Routes":[{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}]}]},
"security-groups": {"SecurityGroups":[
	{"GroupId":"sg-1","GroupName":"default","IpPermissions":[],"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]},
	{"GroupId":"sg-e","GroupName":"endpoints","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}],"IpPermissionsEgress":[]}]},
"network-acls": {"NetworkAcls":[{"NetworkAclId":"acl-1","Associations":[{"SubnetId":"subnet-a"},{"SubnetId":"subnet-b"},{"SubnetId":"subnet-e"}],"Entries":[
	{"RuleNumber":32767,"Egress":true,"Protocol":"-1","RuleAction":"deny","CidrBlock":"0.0.0.0/0"},
	{"RuleNumber":100,"Egress":true,"Protocol":"-1","RuleAction":"allow","CidrBlock":"0.0.0.0/0"},
	{"RuleNumber":100,"Egress":false,"Protocol":"-1","RuleAction":"allow","CidrBlock":"0.0.0.0/0"}]}]},
"endpoints": {"VpcEndpoints":[
	{"VpcEndpointId":"vpce-s3","VpcEndpointType":"Gateway","ServiceName":"com.amazonaws.us-east-1.s3","State":"available","RouteTableIds":["rtb-main"],"PolicyDocument":"S3POLICY"},
	{"VpcEndpointId":"vpce-sm","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.sagemaker.api","State":"available","SubnetIds":["subnet-e"],"Groups":[{"GroupId":"sg-e"}],"PrivateDnsEnabled":true,"PolicyDocument":"SMPOLICY"}]}
}`

const (
	full    = `{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	nat     = `{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1","State":"active"}`
	igw     = `{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1","State":"active"}`
	mainTo  = `"Associations":[{"Main":true}],"Routes":[`
	noS3    = `"RouteTableIds":["rtb-main"]`
	dnsOn   = `"PrivateDnsEnabled":true`
	anyOut  = `"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]`
	admits  = `"IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]`
	account = "111122223333"
)

func facts(t *testing.T, changes ...string) netpath.Facts {
	t.Helper()
	text := network
	policies := map[string]string{"S3POLICY": full, "SMPOLICY": full}
	for i := 0; i < len(changes); i += 2 {
		if _, is := policies[changes[i]]; is {
			policies[changes[i]] = changes[i+1]
			continue
		}
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("%q is not in the network", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	for name, p := range policies {
		quoted, _ := json.Marshal(p)
		text = strings.Replace(text, `"`+name+`"`, string(quoted), 1)
	}
	var answers map[string]any
	if err := json.Unmarshal([]byte(text), &answers); err != nil {
		t.Fatal(err)
	}
	f, err := netpath.Read(answers, "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var path = netpath.Path{
	Warehouse: "cluster analytics", VPC: "vpc-1", Region: "us-east-1", Account: account, Partition: "aws", Roles: []string{"arn:aws:iam::" + account + ":role/ml"},
	Buckets: []string{"acme"}, Services: []netpath.Service{{Suffix: ".sagemaker.api", Actions: []string{"sagemaker:CreateAutoMLJob"}}},
}

func allow(resource string, more ...string) string {
	return `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":` + resource + strings.Join(more, "") + `}]}`
}

// brief are findings as "grade check resource".
func brief(found []netpath.Finding) string {
	var out []string
	for _, f := range found {
		grade := map[netpath.Grade]string{netpath.Risk: "risk", netpath.Unknown: "unknown", netpath.Broken: "broken"}[f.Grade]
		out = append(out, fmt.Sprintf("%s %s %s", grade, f.Check, f.Resource))
	}
	return strings.Join(out, "; ")
}

func TestCheck(t *testing.T) {
	const acmeOnly = `["arn:aws:s3:::acme","arn:aws:s3:::acme/*"]`
	for name, test := range map[string]struct {
		change []string
		want   string
	}{
		"as it should be":                          {},
		"in another VPC":                           {[]string{`"VpcId":"vpc-1","AvailabilityZone":"us-east-1a","MultiAZ"`, `"VpcId":"vpc-2","AvailabilityZone":"us-east-1a","MultiAZ"`}, "broken network.vpc vpc-1"},
		"no S3 endpoint on the table":              {[]string{noS3, `"RouteTableIds":["rtb-b"]`}, "broken network.s3-endpoint rtb-main"},
		"no S3 endpoint, and a NAT gateway":        {[]string{noS3, `"RouteTableIds":[]`, mainTo, mainTo + nat + ","}, ""},
		"no S3 endpoint, and a NAT gateway gone":   {[]string{noS3, `"RouteTableIds":[]`, mainTo, mainTo + strings.Replace(nat, "active", "blackhole", 1) + ","}, "broken network.s3-endpoint rtb-main"},
		"an internet gateway for private nodes":    {[]string{noS3, `"RouteTableIds":[]`, mainTo, mainTo + igw + ","}, "broken network.s3-endpoint rtb-main"},
		"an internet gateway for public nodes":     {[]string{noS3, `"RouteTableIds":[]`, mainTo, mainTo + igw + ",", `"MultiAZ"`, `"PubliclyAccessible":true,"MultiAZ"`}, ""},
		"an S3 endpoint that was refused":          {[]string{`"ServiceName":"com.amazonaws.us-east-1.s3","State":"available"`, `"ServiceName":"com.amazonaws.us-east-1.s3","State":"rejected"`}, "broken network.s3-endpoint rtb-main"},
		"every zone counts for several":            {[]string{`"MultiAZ":"Disabled"`, `"MultiAZ":"Enabled"`}, "broken network.s3-endpoint rtb-b; risk network.zones vpce-sm"},
		"an S3 interface endpoint with its name":   {[]string{noS3, `"RouteTableIds":[]`, `"VpcEndpoints":[`, `"VpcEndpoints":[` + interfaceS3("") + `,`}, ""},
		"one for resolvers only":                   {[]string{noS3, `"RouteTableIds":[]`, `"VpcEndpoints":[`, `"VpcEndpoints":[` + interfaceS3(`,"DnsOptions":{"PrivateDnsOnlyForInboundResolverEndpoint":true}`) + `,`}, "broken network.s3-endpoint rtb-main"},
		"a policy for another bucket":              {[]string{"S3POLICY", allow(`"arn:aws:s3:::other/*"`)}, "broken network.endpoint-policy vpce-s3"},
		"a policy for the objects alone":           {[]string{"S3POLICY", allow(`"arn:aws:s3:::acme/*"`)}, "broken network.endpoint-policy vpce-s3"},
		"a policy for a folder":                    {[]string{"S3POLICY", allow(`["arn:aws:s3:::acme","arn:aws:s3:::acme/ml/*"]`)}, "unknown network.endpoint-policy vpce-s3; unknown network.endpoint-policy vpce-s3"},
		"a policy for this bucket":                 {[]string{"S3POLICY", allow(acmeOnly)}, "unknown network.endpoint-policy vpce-s3"},
		"a policy for reading":                     {[]string{"S3POLICY", strings.Replace(allow(`"*"`), "s3:*", "s3:Get*", 1)}, "broken network.endpoint-policy vpce-s3"},
		"a policy for the account":                 {[]string{"S3POLICY", allow(`"*"`, `,"Condition":{"StringEquals":{"aws:ResourceAccount":"`+account+`"}}`)}, ""},
		"a policy for another account":             {[]string{"S3POLICY", allow(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"999999999999"}}`)}, "broken network.endpoint-policy vpce-s3"},
		"a policy for an organization":             {[]string{"S3POLICY", allow(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`)}, "unknown network.endpoint-policy vpce-s3; unknown network.endpoint-policy vpce-s3"},
		"a policy that denies this bucket":         {[]string{"S3POLICY", strings.Replace(full, `[{`, `[{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"arn:aws:s3:::acme/*"},{`, 1)}, "broken network.endpoint-policy vpce-s3"},
		"a policy that no parser reads":            {[]string{"S3POLICY", `{"Statement":[{"Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*"}]}`}, "unknown network.endpoint-policy vpce-s3"},
		"private DNS is off":                       {[]string{dnsOn, `"PrivateDnsEnabled":false`}, "broken network.private-dns vpce-sm"},
		"private DNS is off, and a NAT gateway":    {[]string{dnsOn, `"PrivateDnsEnabled":false`, mainTo, mainTo + nat + ","}, ""},
		"no SageMaker endpoint":                    {[]string{"sagemaker.api", "sagemaker.runtime"}, "broken network.sagemaker-endpoint vpc-1"},
		"a SageMaker endpoint that is pending":     {[]string{`sagemaker.api","State":"available"`, `sagemaker.api","State":"pending"`}, "broken network.sagemaker-endpoint vpc-1"},
		"names do not resolve":                     {[]string{`"EnableDnsHostnames":{"Value":true}`, `"EnableDnsHostnames":{"Value":false}`}, "broken network.private-dns vpc-1"},
		"an endpoint in no subnet":                 {[]string{`"SubnetIds":["subnet-e"]`, `"SubnetIds":[]`}, "broken network.zones vpce-sm"},
		"an endpoint in another zone":              {[]string{`"SubnetIds":["subnet-e"]`, `"SubnetIds":["subnet-b"]`}, "risk network.zones vpce-sm"},
		"a SageMaker policy for another action":    {[]string{"SMPOLICY", strings.Replace(full, `"Action":"*"`, `"Action":"sagemaker:List*"`, 1)}, "broken network.endpoint-policy vpce-sm"},
		"a SageMaker policy for another role":      {[]string{"SMPOLICY", strings.Replace(full, `"Principal":"*"`, `"Principal":{"AWS":"arn:aws:iam::111122223333:role/x"}`, 1)}, "broken network.endpoint-policy vpce-sm"},
		"a SageMaker policy for the account":       {[]string{"SMPOLICY", strings.Replace(full, `"Principal":"*"`, `"Principal":{"AWS":"111122223333"}`, 1)}, ""},
		"nothing is let out":                       {[]string{anyOut, `"IpPermissionsEgress":[]`}, "broken network.security-groups sg-1; broken network.security-groups sg-1"},
		"only another port is let out":             {[]string{anyOut, `"IpPermissionsEgress":[{"IpProtocol":"tcp","FromPort":5439,"ToPort":5439,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]`}, "broken network.security-groups sg-1; broken network.security-groups sg-1"},
		"only the VPC is let out to":               {[]string{anyOut, `"IpPermissionsEgress":[{"IpProtocol":"tcp","FromPort":0,"ToPort":65535,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]`}, "broken network.security-groups sg-1"},
		"S3's prefix list and the endpoint":        {[]string{anyOut, `"IpPermissionsEgress":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"PrefixListIds":[{"PrefixListId":"pl-1"}],"UserIdGroupPairs":[{"GroupId":"sg-e"}]}]`}, ""},
		"the endpoint admits nobody":               {[]string{admits, `"IpPermissions":[]`}, "broken network.security-groups sg-e"},
		"the endpoint admits another group":        {[]string{admits, `"IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-9"}]}]`}, "broken network.security-groups sg-e"},
		"the endpoint admits the warehouse's":      {[]string{admits, `"IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-1"}]}]`}, ""},
		"the endpoint admits one address":          {[]string{admits, `"IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.7/32"}]}]`}, "unknown network.security-groups sg-e"},
		"a group of another VPC, that is not read": {[]string{`"Groups":[{"GroupId":"sg-e"}]`, `"Groups":[{"GroupId":"sg-shared"}]`}, "unknown network.facts rules of sg-shared"},
		"a subnet group that is not there":         {[]string{`"ClusterSubnetGroupName":"private","VpcId"`, `"ClusterSubnetGroupName":"another","VpcId"`}, "unknown network.facts cluster analytics"},
		"a subnet that is not there":               {[]string{`{"SubnetId":"subnet-a"`, `{"SubnetId":"subnet-z"`}, "unknown network.facts subnet-a; unknown network.facts cluster analytics"},
		"a subnet without addresses":               {[]string{`"CidrBlock":"10.0.0.0/24"`, `"CidrBlock":""`}, "unknown network.facts subnet-a; unknown network.facts cluster analytics"},
		"no subnet in the zone":                    {[]string{`"AvailabilityZone":"us-east-1a","MultiAZ"`, `"AvailabilityZone":"us-east-1f","MultiAZ"`}, "unknown network.facts cluster analytics"},
		"no main route table":                      {[]string{`[{"Main":true}]`, `[]`}, "unknown network.facts route table of subnet-a"},
		"no main route table, and no endpoint":     {[]string{`[{"Main":true}]`, `[]`, "sagemaker.api", "sagemaker.runtime"}, "unknown network.facts route table of subnet-a"},
		"no network ACL of the subnet":             {[]string{`[{"SubnetId":"subnet-a"},`, `[`}, "unknown network.facts network ACL of subnet-a"},
		"no default group":                         {[]string{`[{"VpcSecurityGroupId":"sg-1"}]`, `[]`, `"GroupName":"default"`, `"GroupName":"x"`}, "unknown network.facts security groups of cluster analytics"},
		"a subnet of the endpoint is not there":    {[]string{`"SubnetIds":["subnet-e"]`, `"SubnetIds":["subnet-x"]`, anyOut, `"IpPermissionsEgress":[]`}, "broken network.security-groups sg-1; unknown network.facts subnet-x; risk network.zones vpce-sm"},
		"names of S3 do not resolve":               {[]string{`"EnableDnsSupport":{"Value":true}`, `"EnableDnsSupport":{"Value":false}`, "sagemaker.api", "sagemaker.runtime", mainTo, mainTo + nat + ",", `"VpcEndpoints":[`, `"VpcEndpoints":[` + interfaceS3("") + `,`}, "broken network.private-dns vpc-1"},
		"an ACL that lets nothing in":              {[]string{`"RuleNumber":100,"Egress":false,"Protocol":"-1","RuleAction":"allow"`, `"RuleNumber":100,"Egress":false,"Protocol":"-1","RuleAction":"deny"`}, "broken network.network-acl acl-1; broken network.network-acl acl-1; broken network.network-acl acl-1"},
		"an ACL for the VPC only":                  {[]string{`"Egress":true,"Protocol":"-1","RuleAction":"allow","CidrBlock":"0.0.0.0/0"`, `"Egress":true,"Protocol":"-1","RuleAction":"allow","CidrBlock":"10.0.0.0/8"`}, ""},
		"an ACL that denies HTTPS first":           {[]string{`{"RuleNumber":100,"Egress":true`, `{"RuleNumber":90,"Egress":true,"Protocol":"6","RuleAction":"deny","CidrBlock":"0.0.0.0/0","PortRange":{"From":443,"To":443}},{"RuleNumber":100,"Egress":true`}, "broken network.network-acl acl-1; broken network.network-acl acl-1"},
		"an ACL that admits client ports":          {[]string{`"RuleNumber":100,"Egress":false,"Protocol":"-1","RuleAction":"allow"`, `"RuleNumber":100,"Egress":false,"Protocol":"6","PortRange":{"From":0,"To":65535},"RuleAction":"allow"`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := netpath.Check(path, facts(t, test.change...))
			if have := brief(found); have != test.want {
				t.Errorf("have %q, want %q\n%+v", have, test.want, found)
			}
			for _, f := range found {
				if f.Text == "" || f.Remedy == "" {
					t.Errorf("%+v lacks a text or a remedy", f)
				}
				if strings.HasPrefix(f.Remedy, "aws ") && strings.ContainsAny(f.Remedy, `'"[]{}$*?`) {
					t.Errorf("%s has words that a shell changes", f.Remedy)
				}
			}
		})
	}
}

func interfaceS3(more string) string {
	return `{"VpcEndpointId":"vpce-is3","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.s3","State":"available","SubnetIds":["subnet-e"],"Groups":[{"GroupId":"sg-e"}],"PrivateDnsEnabled":true` + more + `}`
}

// TestPlanned: what a plan does counts as done, and nothing else.
func TestPlanned(t *testing.T) {
	changes := netpath.Changes{DNS: true, RouteTables: []string{"rtb-main"}, Subnets: []string{"subnet-e"}, GroupName: "onramp-x"}
	for name, test := range map[string]struct {
		change []string
		of     func(*netpath.Changes)
		want   string
	}{
		"nothing is there":                  {change: []string{"sagemaker.api", "kms", ".s3\"", ".dynamodb\"", `"EnableDnsSupport":{"Value":true}`, `"EnableDnsSupport":{"Value":false}`}},
		"private DNS is switched on":        {change: []string{dnsOn, `"PrivateDnsEnabled":false`}},
		"the endpoint comes":                {change: []string{`sagemaker.api","State":"available"`, `sagemaker.api","State":"pending"`}},
		"the table is given to it":          {change: []string{noS3, `"RouteTableIds":[]`}},
		"another table":                     {change: []string{noS3, `"RouteTableIds":[]`}, of: func(c *netpath.Changes) { c.RouteTables = []string{"rtb-b"} }, want: "broken network.s3-endpoint rtb-main"},
		"the policy stays":                  {change: []string{"S3POLICY", allow(`"arn:aws:s3:::other/*"`)}, want: "broken network.endpoint-policy vpce-s3"},
		"the group's rules stay":            {change: []string{admits, `"IpPermissions":[]`}, want: "broken network.security-groups sg-e"},
		"a group that admits nobody":        {change: []string{"sagemaker.api", "kms"}, of: func(c *netpath.Changes) { c.Group = "sg-1" }, want: "broken network.security-groups sg-1"},
		"a group that is there and filled":  {change: []string{"sagemaker.api", "kms", `"GroupName":"endpoints",` + admits, `"GroupName":"onramp-x","IpPermissions":[]`}},
		"addresses of another range":        {change: []string{"sagemaker.api", "kms", `"CidrBlock":"10.0.0.0/24"`, `"CidrBlock":"100.64.0.0/24"`}, want: "broken network.security-groups onramp-x"},
		"the rules of the warehouse's stay": {change: []string{anyOut, `"IpPermissionsEgress":[]`}, want: "broken network.security-groups sg-1; broken network.security-groups sg-1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := path
			p.Changes = changes
			if test.of != nil {
				test.of(&p.Changes)
			}
			f := facts(t, test.change...)
			before, _ := json.Marshal(f)
			if have := brief(netpath.Check(p, p.Planned(f))); have != test.want {
				t.Errorf("have %q, want %q", have, test.want)
			}
			if after, _ := json.Marshal(f); string(after) != string(before) {
				t.Error("the facts were changed")
			}
		})
	}
}

// TestSubjectsOutlastTheChange: what cannot be judged is about the same before the plan creates an endpoint and after.
func TestSubjectsOutlastTheChange(t *testing.T) {
	narrow := []string{
		admits, `"IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.7/32"}]}]`,
		anyOut, `"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.9.7/32"},{"CidrIp":"52.0.0.0/8"}]}]`,
		"S3POLICY", allow(`["arn:aws:s3:::acme","arn:aws:s3:::acme/*"]`),
	}
	p := path
	p.Changes = netpath.Changes{Subnets: []string{"subnet-e"}, Group: "sg-e"}
	subjects := func(found []netpath.Finding) (out []string) {
		for _, f := range found {
			if f.Grade != netpath.Unknown || f.Subject == "" {
				t.Errorf("%+v", f)
			}
			out = append(out, f.Check+": "+f.Subject)
		}
		return out
	}
	before := subjects(netpath.Check(p, p.Planned(facts(t, append(narrow, "sagemaker.api", "kms")...))))
	after := subjects(netpath.Check(p, facts(t, narrow...)))
	if len(before) != 3 || !slices.Equal(before, after) {
		t.Errorf("before %q, after %q", before, after)
	}
}

// TestFactsThatWereNotRead are named, also where the plan's changes count as done.
func TestFactsThatWereNotRead(t *testing.T) {
	p := path
	p.Changes = netpath.Changes{DNS: true, RouteTables: []string{"rtb-main"}, Subnets: []string{"subnet-e"}, GroupName: "onramp-x"}
	text := strings.NewReplacer(`"S3POLICY"`, `""`, `"SMPOLICY"`, `""`).Replace(network)
	for fact, want := range map[string]string{
		netpath.ClusterFact: "cluster analytics", netpath.SubnetGroupsFact: "cluster analytics", netpath.DNSSupportFact: "", netpath.DNSHostnamesFact: "",
		netpath.SubnetsFact: "", netpath.RouteTablesFact: "", netpath.GroupsFact: "", netpath.ACLsFact: "", netpath.EndpointsFact: "", netpath.VPCFact: "",
	} {
		var answers map[string]any
		if err := json.Unmarshal([]byte(text), &answers); err != nil {
			t.Fatal(err)
		}
		delete(answers, fact)
		if fact == netpath.VPCFact { // it is needed for the group that the plan creates
			answers[netpath.EndpointsFact] = map[string]any{}
		}
		f, err := netpath.Read(answers, "")
		if err != nil {
			t.Fatal(err)
		}
		want := "unknown network.facts " + cmp.Or(want, fact)
		if have := brief(netpath.Check(p, p.Planned(f))); have != want {
			t.Errorf("without %s, planned: have %q, want %q", fact, have, want)
		}
		if have := brief(netpath.Check(p, f)); fact != netpath.VPCFact && have != want {
			t.Errorf("without %s: have %q, want %q", fact, have, want)
		}
	}
}

// TestWarehouses: a workgroup says its own subnets and groups, and a cluster that is not there yet has those of its
// subnet group and the default group.
func TestWarehouses(t *testing.T) {
	var answers map[string]any
	text := strings.NewReplacer(`"S3POLICY"`, `""`, `"SMPOLICY"`, `""`).Replace(network)
	if err := json.Unmarshal([]byte(text), &answers); err != nil {
		t.Fatal(err)
	}
	delete(answers, "cluster")
	f, err := netpath.Read(answers, "private")
	if err != nil {
		t.Fatal(err)
	}
	if have, want := brief(netpath.Check(path, f)), "broken network.s3-endpoint rtb-b; risk network.zones vpce-sm"; have != want {
		t.Errorf("a new cluster: have %q, want %q", have, want)
	}
	if f, err = netpath.Read(answers, "none"); err != nil || f.Warehouse != nil {
		t.Errorf("a subnet group that is not there: %+v %v", f.Warehouse, err)
	}
	answers["workgroup"] = map[string]any{"workgroup": map[string]any{"subnetIds": []any{"subnet-a"}, "securityGroupIds": []any{"sg-e"}, "enhancedVpcRouting": true}}
	if f, err = netpath.Read(answers, ""); err != nil || !f.Warehouse.Routing || f.Warehouse.VPC != "vpc-1" {
		t.Errorf("%+v %v", f.Warehouse, err)
	}
	if have, want := brief(netpath.Check(path, f)), "broken network.security-groups sg-e; broken network.security-groups sg-e"; have != want {
		t.Errorf("a workgroup: have %q, want %q", have, want)
	}
}
