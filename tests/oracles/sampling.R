# Scores of weighted answers and of customers who answer again: run by `make oracles`.
# Data: answers.csv (make_data.py, seed 20261128). Prints name,value; kept in sampling.csv.
suppressPackageStartupMessages({library(survey); library(survival)})
rows <- read.csv("answers.csv")
rows$net <- 100 * ((rows$score >= 9) - (rows$score <= 6))
rows$top <- as.numeric(rows$score >= 9)
out <- c()
say <- function(name, value) out[[name]] <<- as.numeric(value)
designs <- list(
  weighted = svydesign(id = ~1, weights = ~weight, data = rows),
  clustered = svydesign(id = ~who, weights = ~1, data = rows),
  both = svydesign(id = ~who, weights = ~weight, data = rows)
)
for (name in names(designs)) {
  net <- svymean(~net, designs[[name]]); top <- svymean(~top, designs[[name]])
  say(paste0(name, "_nps"), coef(net)); say(paste0(name, "_nps_se"), SE(net))
  say(paste0(name, "_top"), 100 * coef(top)); say(paste0(name, "_top_se"), 100 * SE(top))
  # Korn and Graubard's exact interval, to lie beside ours
  exact <- confint(svyciprop(~top, designs[[name]], method = "beta"))
  say(paste0(name, "_top_beta_low"), 100 * exact[1])
  say(paste0(name, "_top_beta_high"), 100 * exact[2])
}
raked <- rake(svydesign(id = ~1, weights = ~1, data = rows), list(~group, ~region),
  list(data.frame(group = c("a", "b"), Freq = c(72, 48)),
       data.frame(region = c("north", "south", "west"), Freq = c(48, 36, 36))),
  control = list(epsilon = 1e-12, maxit = 200))
cells <- aggregate(weights(raked), list(rows$group, rows$region), mean)
for (i in seq_len(nrow(cells))) say(paste("rake", cells[i, 1], cells[i, 2], sep = "_"), cells[i, 3])
tops <- tapply(rows$top, rows$group, sum); n <- table(rows$group)
say("difference_p", prop.test(as.numeric(tops), as.numeric(n), correct = FALSE)$p.value)
say("chi_square_p", chisq.test(table(rows$group, rows$region), correct = FALSE)$p.value)
ps <- c(0.001, 0.012, 0.03, 0.04, 0.2, 0.7)
for (method in c("BH", "holm")) for (i in 1:6)
  say(paste(method, i, sep = "_"), p.adjust(ps, method)[i])
fit <- survfit(Surv(days, ended) ~ 1, data = rows)
for (day in c(10, 30, 50)) say(paste0("km_", day), summary(fit, times = day)$surv)
say("log_rank_p", survdiff(Surv(days, ended) ~ group, data = rows)$pvalue)
write.csv(data.frame(name = names(out), value = sprintf("%.12g", unlist(out))),
  "sampling.csv", row.names = FALSE, quote = FALSE)
