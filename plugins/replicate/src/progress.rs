//! How far a prediction is, read from its logs: models print the bars of `tqdm`.

/// The share in the last bar of a log, 0 to 1; `None` where there is none.
///
/// A bar looks like ` 42%|████▏     | 21/50 [00:10<00:14,  2.1it/s]`. Bars are redrawn with carriage returns.
pub(crate) fn share_in(logs: &str) -> Option<f32> {
    logs.rsplit(['\n', '\r']).find_map(share_of_bar)
}

fn share_of_bar(line: &str) -> Option<f32> {
    let (percent, rest) = line.trim_start().split_once('%')?;
    let percent: u32 = percent.trim_end().parse().ok().filter(|percent| *percent <= 100)?;
    let (_, count) = rest.trim_start().strip_prefix('|')?.rsplit_once('|')?;
    let (done, of) = count.trim_start().split_once('/')?;
    done.parse::<u64>().ok()?;
    of.chars().next().filter(char::is_ascii_digit)?;
    Some(percent as f32 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::share_in;

    #[test]
    fn the_last_bar_counts_and_other_lines_are_not_bars() {
        let check = |logs: &str, expected: Option<f32>| assert_eq!(share_in(logs), expected, "{logs:?}");
        check("", None);
        check("Using seed: 123\n", None);
        check("  0%|          | 0/50 [00:00<?, ?it/s]", Some(0.0));
        check(" 42%|████▏     | 21/50 [00:10<00:14,  2.1it/s]\r 44%|████▍     | 22/50 [00:10<00:13]", Some(0.44));
        check("100%|██████████| 50/50 [00:24<00:00]\nEncoding video\n", Some(1.0));
        check("50%|a|b| 1/2", Some(0.5));
        for odd in ["110%|x| 1/2", "50% done", "50%|no count|", "x%|a| 1/2", "50%|a| 1/", "50%|a| one/2"] {
            check(odd, None);
        }
    }
}
