//! The names in a folder, as the kubelet's file server lists them: an HTML page with one link on each
//! line, folders with a `/` at their end, without sizes and dates. Measured: `facts` of the kubelet
//! 1.36; Go's `net/http` `dirList`.

/// Reads the page of a folder: names as they are, folders with a `/`; but for names with an end of a
/// line in them, which no log has. `None`: it is no such page.
pub fn listing(page: &str) -> Option<Vec<String>> {
    let (_, rows) = page.split_once("<pre>\n")?;
    let (rows, _) = rows.split_once("</pre>")?;
    Some(rows.lines().filter_map(row).collect())
}

/// The text of the link, not where it leads: that is where a name is only escaped for HTML.
fn row(line: &str) -> Option<String> {
    let (_, text) = line.strip_prefix("<a href=\"")?.split_once("\">")?;
    text.strip_suffix("</a>").map(unescape)
}

/// What Go's `html` escapes: `<`, `>`, `&`, `'` and `"`.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
