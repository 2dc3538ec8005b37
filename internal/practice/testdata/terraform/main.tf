# One of each kind of thing that plans make, as Terraform manages it. It is for terraform_test.go.
terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "5.100.0" } }
}
provider "aws" {
  region                  = "us-east-1"
  access_key              = "AKIAIOSFODNN7EXAMPLE"
  secret_key              = "x"
  s3_use_path_style       = true
  skip_metadata_api_check = true
  endpoints {
    sts                = "http://practice"
    iam                = "http://practice"
    s3                 = "http://practice"
    s3control          = "http://practice"
    kms                = "http://practice"
    ec2                = "http://practice"
    redshift           = "http://practice"
    redshiftdata       = "http://practice"
    redshiftserverless = "http://practice"
    secretsmanager     = "http://practice"
  }
}
data "aws_caller_identity" "me" {}
data "aws_vpc" "v" { id = "vpc-0a1b2c3d4e5f60718" }
data "aws_redshift_cluster" "c" { cluster_identifier = "analytics" }
data "aws_vpc_endpoint_service" "sm" {
  service      = "sagemaker.api"
  service_type = "Interface"
}
data "aws_redshiftserverless_namespace" "ns" { namespace_name = "analytics-ns" }
data "aws_redshiftserverless_workgroup" "wg" { workgroup_name = "analytics-wg" }
data "aws_kms_key" "k" { key_id = "alias/analytics" }
data "aws_s3_bucket" "existing" { bucket = "analytics-logs" }
data "aws_subnets" "s" {
  filter {
    name   = "vpc-id"
    values = ["vpc-0a1b2c3d4e5f60718"]
  }
}
data "aws_subnet" "one" { id = "subnet-0a1b2c3d4e5f60718" }
data "aws_route_table" "rt" { route_table_id = "rtb-0a1b2c3d4e5f60718" }
resource "aws_iam_role" "ml" {
  name                 = "ml"
  path                 = "/a/"
  description          = "d"
  permissions_boundary = "arn:aws:iam::000000000000:policy/boundary"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"] }, Action = "sts:AssumeRole" }] })
  tags                 = { "onramp:plan" = "y" }
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.ml.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.ml.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"
}
resource "aws_iam_policy" "m" {
  name   = "m"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })
}
resource "aws_kms_key" "k" {
  description             = "d"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = { a = "c" }
}
resource "aws_kms_alias" "k" {
  name          = "alias/ml"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_s3_bucket" "b" {
  bucket = "onramp-tf"
  tags   = { a = "c" }
}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.bucket
  rule { object_ownership = "BucketOwnerEnforced" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
    bucket_key_enabled = true
  }
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.bucket
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = ["arn:aws:s3:::onramp-tf", "arn:aws:s3:::onramp-tf/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
}
resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.bucket
  rule {
    id     = "r"
    status = "Enabled"
    filter { prefix = "" }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}
resource "aws_security_group" "g" {
  name        = "g"
  description = "d"
  vpc_id      = data.aws_vpc.v.id
  tags        = { a = "c" }
}
resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.g.id
  cidr_ipv4         = data.aws_vpc.v.cidr_block
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
  description       = "HTTPS"
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = data.aws_vpc.v.id
  service_name      = "com.amazonaws.us-east-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = ["rtb-0a1b2c3d4e5f60718"]
  tags              = { a = "c" }
}
resource "aws_vpc_endpoint" "sm" {
  vpc_id             = data.aws_vpc.v.id
  service_name       = data.aws_vpc_endpoint_service.sm.service_name
  vpc_endpoint_type  = "Interface"
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = [aws_security_group.g.id]
}
resource "aws_redshift_cluster" "n" {
  cluster_identifier     = "tfcluster"
  node_type              = "ra3.large"
  cluster_type           = "multi-node"
  number_of_nodes        = 2
  master_username        = "boss"
  manage_master_password = true
  database_name          = "dev"
  encrypted              = true
  publicly_accessible    = false
  skip_final_snapshot    = true
  enhanced_vpc_routing   = true
  tags                   = { a = "c" }
}
resource "aws_redshift_cluster_iam_roles" "n" {
  cluster_identifier = aws_redshift_cluster.n.cluster_identifier
  iam_role_arns      = [aws_iam_role.ml.arn]
}
resource "aws_redshiftdata_statement" "s" {
  cluster_identifier = aws_redshift_cluster.n.cluster_identifier
  database           = "dev"
  db_user            = "boss"
  sql                = "CREATE GROUP tf"
}
resource "aws_iam_instance_profile" "p" {
  name = "ml"
  path = "/a/"
  role = aws_iam_role.ml.name
  tags = { a = "c" }
}
resource "aws_key_pair" "k" {
  key_name   = "ml"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7uvlVeflXfGhqunuFp3C0+s0OmcBxFM6JLqPDXotSe ada@example.com"
  tags       = { a = "c" }
}
data "aws_iam_account_alias" "a" {}
