# Batteries, drivers and groups: run by `make oracles`.
# Data: battery.csv (make_data.py). Prints name,value; kept in batteries.csv.
suppressPackageStartupMessages({library(psych); library(metafor)})
rows <- read.csv("battery.csv")
out <- c()
say <- function(name, value) out[[name]] <<- as.numeric(value)
items <- rows[c("needs", "ease", "joy")]
found <- suppressWarnings(psych::alpha(items))
say("alpha", found$total$raw_alpha)
feldt <- psych::alpha.ci(found$total$raw_alpha, n.obs = nrow(items), n.var = 3, p.val = 0.05)
say("alpha_low", feldt$lower.ci); say("alpha_high", feldt$upper.ci)
agreement <- psych::ICC(items, lmer = FALSE)$results
say("icc", agreement$ICC[2]); say("icc_low", agreement[2, "lower bound"])
say("icc_high", agreement[2, "upper bound"])
# The mean gain in R2 over all orders of entry (LMG), by fitting every subset with lm
names <- colnames(items)
r2 <- function(chosen) if (length(chosen) == 0) 0 else
  summary(lm(reformulate(chosen, "score"), data = rows))$r.squared
orders <- list(c(1, 2, 3), c(1, 3, 2), c(2, 1, 3), c(2, 3, 1), c(3, 1, 2), c(3, 2, 1))
for (k in 1:3) say(paste0("lmg_", names[k]), mean(sapply(orders, function(o) {
  before <- names[o[seq_len(which(o == k) - 1)]]
  r2(c(before, names[k])) - r2(before)
})))
# Spread of NPS between those whose needs were badly, fairly and well met: DerSimonian and Laird
net <- 100 * ((rows$score >= 9) - (rows$score <= 6))
met <- cut(rows$needs, c(0, 2, 3, 5), labels = FALSE)
means <- tapply(net, met, mean); n <- tapply(net, met, length)
errors <- sqrt(tapply(net, met, function(x) mean((x - mean(x))^2)) / n)
pooled <- rma(yi = as.numeric(means), sei = as.numeric(errors), method = "DL")
say("Q", pooled$QE); say("tau", sqrt(pooled$tau2)); say("i2", pooled$I2)
# Newcombe's hybrid score interval of a difference of two shares, from Wilson's of prop.test
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
one <- wilson(56, 70); two <- wilson(48, 80); d <- 56 / 70 - 48 / 80
say("newcombe_low", 100 * (d - sqrt((56 / 70 - one[1])^2 + (two[2] - 48 / 80)^2)))
say("newcombe_high", 100 * (d + sqrt((one[2] - 56 / 70)^2 + (48 / 80 - two[1])^2)))
write.csv(data.frame(name = names(out), value = sprintf("%.12g", unlist(out))),
  "batteries.csv", row.names = FALSE, quote = FALSE)
