import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def panel():
    def panel(areas=20, years=8, rho=0.8, spread=0.3, noise=0.05, seed=0):
        """Areas that return to levels of their own at rate rho a year, from their long-run distribution."""
        rng = np.random.default_rng(seed)
        own = 6 + rng.normal(0, spread, areas)
        logs = [own + rng.normal(0, noise / np.sqrt(1 - rho**2), areas)]
        for _ in range(years):
            logs.append(own + rho * (logs[-1] - own) + rng.normal(0, noise, areas))
        names = [f"a{place:03}" for place in range(areas)]
        return pd.DataFrame(
            [
                (name, 2010 + year, np.exp(row[place]))
                for year, row in enumerate(logs)
                for place, name in enumerate(names)
            ],
            columns=["area", "year", "value"],
        )

    return panel


@pytest.fixture(scope="session")
def design_of():
    def design_of(table, area_effects=True):
        """Outcome, regressor, other columns and clusters of the panel regression, without a formula."""
        table = table.sort_values(["area", "year"])
        logs = np.log(table["value"])
        before = logs.groupby(table["area"]).shift()
        kept = before.notna()
        dummies = [pd.get_dummies(table.loc[kept, "year"], dtype=float).to_numpy()]
        if area_effects:
            dummies.append(pd.get_dummies(table.loc[kept, "area"], drop_first=True, dtype=float).to_numpy())
        return (logs - before)[kept].to_numpy(), before[kept].to_numpy(), np.hstack(dummies), table.loc[kept, "area"]

    return design_of


@pytest.fixture(scope="session")
def clustered():
    def clustered(outcome, regressor, others, codes):
        """Coefficient and its textbook cluster-robust error before any correction: (X'X)^-1 sum X_g'e_g e_g'X_g (X'X)^-1."""
        x = np.column_stack([regressor, others])
        coefficients = np.linalg.lstsq(x, outcome, rcond=None)[0]
        residual = outcome - x @ coefficients
        scores = np.array([x[codes == code].T @ residual[codes == code] for code in np.unique(codes)])
        bread = np.linalg.inv(x.T @ x)
        return coefficients[0], np.sqrt((bread @ scores.T @ scores @ bread)[0, 0])

    return clustered
