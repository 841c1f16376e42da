"""The planner that asks a model: LangChain speaks to it, a LangGraph graph takes the steps."""
