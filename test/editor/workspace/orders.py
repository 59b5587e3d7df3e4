import pickle


def load_order(data):
    return pickle.loads(data)
