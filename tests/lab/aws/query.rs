//! Requests of the query protocols: a form, in the query or in the body, whose keys number the
//! members of lists.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;

use super::error::ApiError;

/// A decoded form.
#[derive(Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Decodes a body of `application/x-www-form-urlencoded`.
    pub(super) fn parse(body: &str) -> Result<Self, ApiError> {
        // The body has the syntax of a URI's query.
        let uri = Uri::try_from(format!("/?{body}")).map_err(|_| malformed())?;
        Ok(Self(pairs(&uri)?.into_iter().collect()))
    }

    /// With what stands in the query as well.
    pub(super) fn with_query(mut self, query: &[(String, String)]) -> Self {
        self.0.extend(query.iter().cloned());
        self
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The values of `name.1`, `name.2`, … up to the first gap.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|n| self.get(&format!("{name}.{n}")))
            .collect()
    }

    /// The pairs of `Filter.n.Name` and `Filter.n.Value.m`.
    pub(super) fn filters(&self) -> Vec<(&str, Vec<&str>)> {
        (1..)
            .map_while(|n| {
                let name = self.get(&format!("Filter.{n}.Name"))?;
                Some((name, self.list(&format!("Filter.{n}.Value"))))
            })
            .collect()
    }
}

/// The decoded query of a URI, in its order.
pub(super) fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, ApiError> {
    Query::try_from_uri(uri)
        .map(|query| query.0)
        .map_err(|_| malformed())
}

fn malformed() -> ApiError {
    ApiError::new("MalformedQueryString", "The query cannot be decoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_filters_are_read_from_numbered_keys() {
        let form = Form::parse(
            "Action=DescribeInstances&InstanceId.1=i-1&InstanceId.2=i-2\
             &Filter.1.Name=tag%3Aeks%3Acluster-name&Filter.1.Value.1=a+b&Filter.1.Value.2=c",
        )
        .unwrap();
        assert_eq!(form.list("InstanceId"), ["i-1", "i-2"]);
        assert_eq!(form.filters(), [("tag:eks:cluster-name", vec!["a b", "c"])]);
    }
}
