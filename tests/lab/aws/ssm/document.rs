//! The documents that the lab has, and what AWS-RunShellScript accepts as parameters.

use std::sync::LazyLock;

use regex::Regex;

use super::super::error::ApiError;
use super::send_command::Request;

const RUN_SHELL_SCRIPT: &str = "AWS-RunShellScript";
const RUN_POWERSHELL_SCRIPT: &str = "AWS-RunPowerShellScript";
const VERSIONS: [&str; 3] = ["$DEFAULT", "$LATEST", "1"];
const PARAMETERS: [&str; 3] = ["commands", "workingDirectory", "executionTimeout"];
/// The limit of a document, which includes the parameters of a run.
const SIZE_LIMIT: usize = 65_536;
/// The document itself, without parameters.
const OWN_SIZE: usize = 1_400;

/// The document's pattern for `executionTimeout`.
static EXECUTION_TIMEOUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([1-9]\d{0,4}|1[0-6]\d{4}|17[01]\d{3}|172[0-7]\d{2}|172800)$").ok()
});
/// A reference that the service replaces by a parameter of the Parameter Store.
static PARAMETER_REFERENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\{\s*ssm:[^}]*\}\}").ok());

/// Checks a command's document and parameters.
pub(super) fn check(request: &Request) -> Result<(), ApiError> {
    let name = request.document_name.rsplit('/').next().unwrap_or_default();
    match name {
        RUN_SHELL_SCRIPT => {}
        RUN_POWERSHELL_SCRIPT => {
            let message = "The document does not support the platform type of the instance ID";
            return Err(ApiError::new("UnsupportedPlatformType", message));
        }
        other => {
            let message = format!("Document with name {other} does not exist.");
            return Err(ApiError::new("InvalidDocument", message));
        }
    }
    if !VERSIONS.contains(&request.document_version.as_str()) {
        return Err(ApiError::new("InvalidDocumentVersion", ""));
    }
    check_parameters(request)?;
    check_size(request)
}

fn check_parameters(request: &Request) -> Result<(), ApiError> {
    let parameters = &request.parameters;
    if let Some(unknown) = parameters
        .keys()
        .find(|k| !PARAMETERS.contains(&k.as_str()))
    {
        return Err(invalid(format!(
            "Parameter {unknown} is not supported by the document"
        )));
    }
    if !parameters.contains_key("commands") {
        return Err(invalid("Parameter commands is required"));
    }
    if let Some(timeout) = request.parameter("executionTimeout")
        && !fits(&EXECUTION_TIMEOUT, timeout)
    {
        return Err(invalid(
            "Parameter executionTimeout does not match its allowed pattern",
        ));
    }
    let mut values = parameters.values().flatten();
    if values.any(|value| fits(&PARAMETER_REFERENCE, value)) {
        return Err(invalid(
            "Parameters in the Parameter Store could not be resolved",
        ));
    }
    Ok(())
}

fn check_size(request: &Request) -> Result<(), ApiError> {
    let parameters: usize = request.parameters.values().flatten().map(String::len).sum();
    if OWN_SIZE + parameters > SIZE_LIMIT {
        let message = "The size limit of a document is 64 KB";
        return Err(ApiError::new("MaxDocumentSizeExceeded", message));
    }
    Ok(())
}

fn fits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameters", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(document: &str, parameters: serde_json::Value) -> Option<String> {
        let request = json!({ "DocumentName": document, "Parameters": parameters });
        let request = serde_json::from_value(request).unwrap();
        check(&request).err().map(|error| error.code)
    }

    #[test]
    fn only_the_shell_document_runs_here() {
        let commands = json!({ "commands": ["true"] });
        assert_eq!(code("AWS-RunShellScript", commands.clone()), None);
        assert_eq!(
            code("My-Document", commands.clone()).unwrap(),
            "InvalidDocument"
        );
        let powershell = code("AWS-RunPowerShellScript", commands);
        assert_eq!(powershell.unwrap(), "UnsupportedPlatformType");
    }

    #[test]
    fn parameters_are_those_of_the_document() {
        let refused = [
            json!({}),
            json!({ "commands": ["true"], "shell": ["sh"] }),
            json!({ "commands": ["true"], "executionTimeout": ["172801"] }),
            json!({ "commands": ["true"], "executionTimeout": ["soon"] }),
            json!({ "commands": ["echo {{ ssm:name }}"] }),
        ];
        for parameters in refused {
            let found = code("AWS-RunShellScript", parameters.clone());
            assert_eq!(found.as_deref(), Some("InvalidParameters"), "{parameters}");
        }
        let templates = json!({ "commands": ["echo {{.Names}} {{ commands }}"] });
        assert_eq!(code("AWS-RunShellScript", templates), None);
    }

    #[test]
    fn sixty_kilobytes_fit_and_sixty_four_do_not() {
        let of_size = |size| json!({ "commands": ["x".repeat(size)] });
        assert_eq!(code("AWS-RunShellScript", of_size(60 * 1_024)), None);
        let large = code("AWS-RunShellScript", of_size(64 * 1_024));
        assert_eq!(large.unwrap(), "MaxDocumentSizeExceeded");
    }
}
