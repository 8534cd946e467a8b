//! The AWS adapter: the only code that knows the AWS SDK. Requests go out as the ports promise,
//! answers and failures come back as the ports' own types.

mod account;
mod clock;
mod ec2;
mod failure;
mod presign;
mod s3;
mod send;
mod ssm;
mod stream;
mod sts;

pub use account::Account;
