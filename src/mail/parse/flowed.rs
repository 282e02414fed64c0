//! Undoes format=flowed (RFC 3676): lines that were broken for old screens become one again.
//! Never joins lines of different depth of quotation, nor a signature's "-- ".

pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut flowing: Option<usize> = None;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let quoted = line.trim_start_matches('>');
        let depth = line.len() - quoted.len();
        let mut rest = quoted.strip_prefix(' ').unwrap_or(quoted);
        let signature = rest == "-- ";
        let flows = rest.ends_with(' ') && !signature;
        if flows && delsp {
            rest = rest.strip_suffix(' ').unwrap_or(rest);
        }
        if flowing != Some(depth) || signature {
            if flowing.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        out.push_str(rest);
        flowing = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    if flowing.is_none() {
        out.pop();
    }
    out
}
