package cloudformation

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// holdings are what an account holds: things by kind and name, each with its settings. The plan's calls
// and a template are both carried out on one, and neither may hold a member that is not known here.
type holdings map[string]map[string]any

func (a holdings) thing(kind, name string) map[string]any {
	key := kind + " " + name
	if a[key] == nil {
		a[key] = map[string]any{}
	}
	return a[key]
}

// setting is a policy by its meaning: Equal says which two are the same.
type setting struct{ policy.Document }

// same compares two accounts, and says where they differ.
func same(got, want holdings) []string {
	var wrong []string
	for key, settings := range want {
		if got[key] == nil {
			wrong = append(wrong, key+" is missing")
			continue
		}
		wrong = append(wrong, sameThing(key, got[key], settings)...)
	}
	for key := range got {
		if want[key] == nil {
			wrong = append(wrong, key+" is too much")
		}
	}
	slices.Sort(wrong)
	return wrong
}

func sameThing(key string, got, want map[string]any) []string {
	var wrong []string
	for name, w := range want {
		g, is := got[name]
		if d, isPolicy := w.(setting); isPolicy {
			if have, both := g.(setting); !both || !policy.Equal(have.Document, d.Document) {
				wrong = append(wrong, fmt.Sprintf("%s: %s is\n%s\nand should be\n%s", key, name, g, d.JSON()))
			}
			continue
		}
		if !is || text(g) != text(w) {
			wrong = append(wrong, fmt.Sprintf("%s: %s is %s and should be %s", key, name, text(g), text(w)))
		}
	}
	for name := range got {
		if _, is := want[name]; !is {
			wrong = append(wrong, fmt.Sprintf("%s: %s is too much", key, name))
		}
	}
	return wrong
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// made are members that have been looked at: what is left is not known.
type made struct {
	of   string
	left map[string]any
}

func (m made) take(name string) any {
	v := m.left[name]
	delete(m.left, name)
	return v
}

func (m made) text(name string) string {
	s, _ := m.take(name).(string)
	return s
}

func (m made) done() error {
	if len(m.left) > 0 {
		return fmt.Errorf("%s: not known: %s", m.of, text(m.left))
	}
	return nil
}

// tags are the same whatever a service calls their members.
func tags(v any) map[string]any {
	out := map[string]any{}
	items, _ := v.([]any)
	for _, item := range items {
		tag := item.(map[string]any)
		key, value := tag["Key"], tag["Value"]
		if key == nil {
			key, value = tag["TagKey"], tag["TagValue"]
		}
		out[key.(string)] = value
	}
	return out
}

func document(v any) setting {
	data, isText := v.(string)
	if !isText {
		data = text(v)
	}
	d, err := policy.Parse([]byte(data))
	if err != nil {
		panic(fmt.Sprintf("%v: %s", err, data))
	}
	return setting{d}
}

// plain gives a call's input as decoded JSON, with numbers as texts.
func plain(c plan.Call, value func(plan.Ref) string) made {
	data, err := json.Marshal(c.Map(func(s string) string { return plan.Fill(s, value) }).Input)
	if err != nil {
		panic(err)
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return made{c.Name(), numbers(v).(map[string]any)}
}

func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case map[string]any:
		for k, e := range v {
			v[k] = numbers(e)
		}
	case []any:
		for i, e := range v {
			v[i] = numbers(e)
		}
	}
	return v
}

// at goes down into decoded JSON.
func at(v any, path ...string) any {
	for _, name := range path {
		if list, is := v.([]any); is && len(list) == 1 {
			v = list[0]
		}
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// call carries a call of the plan out. id is the resource's.
func (a holdings) call(id string, c plan.Call, value func(plan.Ref) string) error {
	in := plain(c, value)
	in.take("ExpectedBucketOwner")
	switch c.Name() {
	case "iam:CreateRole":
		role := a.thing("role", in.text("RoleName"))
		role["path"], role["description"], role["boundary"] = in.take("Path"), in.take("Description"), in.text("PermissionsBoundary")
		role["trust"], role["tags"] = document(in.take("AssumeRolePolicyDocument")), tags(in.take("Tags"))
	case "iam:PutUserPolicy":
		a.thing("user", in.text("UserName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "iam:PutGroupPolicy":
		a.thing("iam group", in.text("GroupName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "iam:CreatePolicy":
		p := a.thing("managed", in.text("PolicyName"))
		p["path"], p["description"], p["document"] = in.take("Path"), in.text("Description"), document(in.take("PolicyDocument"))
		in.take("Tags") // CloudFormation gives such policies none
	case "iam:CreateInstanceProfile":
		a.thing("profile", in.text("InstanceProfileName"))
		in.take("Tags") // nor these
	case "iam:AddRoleToInstanceProfile":
		a.thing("profile", in.text("InstanceProfileName"))["role"] = in.take("RoleName")
	case "ec2:ImportKeyPair":
		k := a.thing("key pair", in.text("KeyName"))
		material, err := base64.StdEncoding.DecodeString(in.text("PublicKeyMaterial"))
		if err != nil {
			return err
		}
		k["key"], k["tags"] = string(material), tags(at(in.take("TagSpecifications"), "Tags"))
	case "iam:AttachRolePolicy":
		a.thing("role", in.text("RoleName"))["attached "+in.text("PolicyArn")] = true
	case "iam:PutRolePolicy":
		a.thing("role", in.text("RoleName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "s3:CreateBucket":
		a.thing("bucket", in.text("Bucket"))["ownership"] = in.take("ObjectOwnership")
		in.take("CreateBucketConfiguration") // the stack's region
	case "s3:PutBucketTagging":
		a.thing("bucket", in.text("Bucket"))["tags"] = tags(at(in.take("Tagging"), "TagSet"))
	case "s3:PutPublicAccessBlock":
		a.thing("bucket", in.text("Bucket"))["block"] = in.take("PublicAccessBlockConfiguration")
	case "s3:PutBucketEncryption":
		rule := at(in.take("ServerSideEncryptionConfiguration"), "Rules")
		a.thing("bucket", in.text("Bucket"))["encryption"] = []any{at(rule, "ApplyServerSideEncryptionByDefault"), at(rule, "BucketKeyEnabled")}
	case "s3:PutBucketPolicy":
		a.thing("bucket", in.text("Bucket"))["policy"] = document(in.take("Policy"))
	case "s3:PutBucketLifecycleConfiguration":
		rule := at(in.take("LifecycleConfiguration"), "Rules")
		a.thing("bucket", in.text("Bucket"))["lifecycle"] = []any{at(rule, "ID"), at(rule, "Status"), at(rule, "Filter", "Prefix"), at(rule, "AbortIncompleteMultipartUpload")}
	default:
		return a.callOther(id, c, in, value)
	}
	return in.done()
}

func (a holdings) callOther(id string, c plan.Call, in made, value func(plan.Ref) string) error {
	switch c.Name() {
	case "kms:CreateKey":
		key := a.thing("key", value(plan.Ref{Resource: id, Output: "id"}))
		key["description"], key["usage"], key["spec"], key["tags"] = in.text("Description"), in.take("KeyUsage"), in.take("KeySpec"), tags(in.take("Tags"))
	case "kms:EnableKeyRotation":
		a.thing("key", in.text("KeyId"))["rotation"] = true
	case "kms:CreateAlias":
		a.thing("key", in.text("TargetKeyId"))["alias"] = in.take("AliasName")
	case "ec2:CreateSecurityGroup":
		group := a.thing("group", value(plan.Ref{Resource: id, Output: "id"}))
		group["name"], group["description"], group["vpc"] = in.take("GroupName"), in.take("Description"), in.take("VpcId")
		group["tags"] = tags(at(in.take("TagSpecifications"), "Tags"))
	case "ec2:AuthorizeSecurityGroupIngress":
		rule := in.take("IpPermissions")
		a.thing("group", in.text("GroupId"))["in"] = []any{
			at(rule, "IpProtocol"), at(rule, "FromPort"), at(rule, "ToPort"), at(rule, "IpRanges", "CidrIp"), at(rule, "IpRanges", "Description"),
		}
	case "ec2:CreateVpcEndpoint":
		e := a.thing("endpoint", in.text("ServiceName")+" "+id)
		for _, name := range []string{"VpcEndpointType", "VpcId", "RouteTableIds", "SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"} {
			e[name] = in.take(name)
		}
		e["tags"] = tags(at(in.take("TagSpecifications"), "Tags"))
	case "redshift:CreateCluster":
		cluster := a.thing("cluster", in.text("ClusterIdentifier"))
		in.take("DefaultIamRoleArn") // not CloudFormation's: see TestNothingIsForgotten
		cluster["tags"] = tags(in.take("Tags"))
		for name, v := range in.left {
			cluster[name] = v
		}
		clear(in.left)
	case "redshift:ModifyCluster":
		a.thing("cluster", in.text("ClusterIdentifier"))["EnhancedVpcRouting"] = in.take("EnhancedVpcRouting")
	default:
		return fmt.Errorf("no template does %s", c.Name())
	}
	return in.done()
}

// template carries a resolved resource out. ids are the ids of the plan, by logical id.
func (a holdings) template(r resolved, ids map[string]string) error {
	in := made{r.id, r.properties}
	switch r.kind {
	case "AWS::IAM::Role":
		role := a.thing("role", in.text("RoleName"))
		role["path"], role["description"], role["boundary"] = in.take("Path"), in.take("Description"), in.text("PermissionsBoundary")
		role["trust"], role["tags"] = document(in.take("AssumeRolePolicyDocument")), tags(in.take("Tags"))
		managed, _ := in.take("ManagedPolicyArns").([]any)
		for _, arn := range managed {
			role["attached "+arn.(string)] = true
		}
		inline, _ := in.take("Policies").([]any)
		for _, p := range inline {
			one := made{r.id, p.(map[string]any)}
			role["inline "+one.text("PolicyName")] = document(one.take("PolicyDocument"))
			if err := one.done(); err != nil {
				return err
			}
		}
	case "AWS::IAM::ManagedPolicy":
		name := in.text("ManagedPolicyName")
		p := a.thing("managed", name)
		p["path"], p["description"], p["document"] = in.take("Path"), in.text("Description"), document(in.take("PolicyDocument"))
		roles, _ := in.take("Roles").([]any)
		arn, _ := r.ref.(string)
		for _, role := range roles {
			a.thing("role", role.(string))["attached "+arn] = true
		}
	case "AWS::IAM::InstanceProfile":
		profile, roles := a.thing("profile", in.text("InstanceProfileName")), in.take("Roles").([]any)
		if len(roles) != 1 {
			return fmt.Errorf("%s holds %d roles", r.id, len(roles))
		}
		profile["role"] = roles[0]
	case "AWS::EC2::KeyPair":
		k := a.thing("key pair", in.text("KeyName"))
		k["key"], k["tags"] = in.take("PublicKeyMaterial"), tags(in.take("Tags"))
	case "AWS::IAM::UserPolicy":
		a.thing("user", in.text("UserName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "AWS::IAM::GroupPolicy":
		a.thing("iam group", in.text("GroupName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "AWS::IAM::RolePolicy":
		a.thing("role", in.text("RoleName"))["inline "+in.text("PolicyName")] = document(in.take("PolicyDocument"))
	case "AWS::S3::Bucket":
		a.bucket(in)
	case "AWS::S3::BucketPolicy":
		a.thing("bucket", in.text("Bucket"))["policy"] = document(in.take("PolicyDocument"))
	case "AWS::KMS::Key":
		key := a.thing("key", "id-of-"+r.id)
		key["description"], key["usage"], key["spec"] = in.text("Description"), in.take("KeyUsage"), in.take("KeySpec")
		key["rotation"], key["tags"] = in.take("EnableKeyRotation"), tags(in.take("Tags"))
	case "AWS::KMS::Alias":
		a.thing("key", in.text("TargetKeyId"))["alias"] = in.take("AliasName")
	case "AWS::EC2::SecurityGroup":
		group := a.thing("group", "id-of-"+r.id)
		group["name"], group["description"], group["vpc"] = in.take("GroupName"), in.take("GroupDescription"), in.take("VpcId")
		group["tags"] = tags(in.take("Tags"))
		rule := in.take("SecurityGroupIngress")
		group["in"] = []any{at(rule, "IpProtocol"), at(rule, "FromPort"), at(rule, "ToPort"), at(rule, "CidrIp"), at(rule, "Description")}
	case "AWS::EC2::VPCEndpoint":
		e := a.thing("endpoint", in.text("ServiceName")+" "+ids[r.id])
		for _, name := range []string{"VpcEndpointType", "VpcId", "RouteTableIds", "SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"} {
			e[name] = in.take(name)
		}
		e["tags"] = tags(in.take("Tags"))
	case "AWS::Redshift::Cluster":
		cluster := a.thing("cluster", in.text("ClusterIdentifier"))
		cluster["tags"] = tags(in.take("Tags"))
		if in.text("AutomatedSnapshotRetentionPeriod") != "1" { // what AWS takes where nothing is said
			return fmt.Errorf("%s: snapshots are kept for another time than AWS's own", r.id)
		}
		for name, v := range in.left {
			cluster[name] = v
		}
		clear(in.left)
	default:
		return fmt.Errorf("%s is not known", r.kind)
	}
	return in.done()
}

func (a holdings) bucket(in made) {
	bucket := a.thing("bucket", in.text("BucketName"))
	bucket["ownership"] = at(in.take("OwnershipControls"), "Rules", "ObjectOwnership")
	bucket["block"], bucket["tags"] = in.take("PublicAccessBlockConfiguration"), tags(in.take("Tags"))
	rule := at(in.take("BucketEncryption"), "ServerSideEncryptionConfiguration")
	bucket["encryption"] = []any{at(rule, "ServerSideEncryptionByDefault"), at(rule, "BucketKeyEnabled")}
	rule = at(in.take("LifecycleConfiguration"), "Rules")
	bucket["lifecycle"] = []any{at(rule, "Id"), at(rule, "Status"), at(rule, "Prefix"), at(rule, "AbortIncompleteMultipartUpload")}
}
